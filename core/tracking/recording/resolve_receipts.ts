import type pg from 'pg'
import type { TrackingEvent } from '../tracking_event.js'

/** A fact whose delivery is known */
export type PlacedEvent = TrackingEvent & { readonly runId: number; readonly seq: number }

/**
 * Finds the deliveries that receipts are about, and leaves out what the batch says twice.
 *
 * Rows in: receipts of one batch. Index: deliveries_provider_key, one a partition.
 */
export async function resolveReceipts(
  client: pg.PoolClient,
  trackingEvents: readonly TrackingEvent[]
): Promise<{ placed: PlacedEvent[]; unknown: TrackingEvent[] }> {
  const keys = trackingEvents.flatMap((trackingEvent) =>
    'providerKey' in trackingEvent.of ? [trackingEvent.of.providerKey] : []
  )
  const deliveries =
    keys.length === 0
      ? []
      : (
          await client.query<{ runId: number; seq: number; key: string }>({
            name: 'resolve_receipts',
            text: 'select run_id "runId", seq, provider_key "key" from deliveries where provider_key = any($1::text[])',
            values: [keys],
          })
        ).rows
  const byKey = new Map<string, { runId: number; seq: number }>(
    deliveries.map((row) => [row.key, row])
  )

  const seen = new Set<string>()
  const placed: PlacedEvent[] = []
  const unknown: TrackingEvent[] = []
  for (const trackingEvent of trackingEvents) {
    const at =
      'providerKey' in trackingEvent.of
        ? (byKey.get(trackingEvent.of.providerKey) ?? ownKey(trackingEvent.of.providerKey))
        : trackingEvent.of
    if (!at) {
      unknown.push(trackingEvent)
      continue
    }
    const id = `${at.runId} ${trackingEvent.key}`
    if (seen.has(id)) continue
    seen.add(id)
    placed.push({ ...trackingEvent, runId: at.runId, seq: at.seq })
  }
  return { placed, unknown }
}

/** A far side that takes our own id of a delivery as its key: the engine does not write that down, it can be read */
function ownKey(key: string): { runId: number; seq: number } | null {
  const [, run, seq] = /^(\d{1,10})\.(\d{1,10})$/.exec(key) ?? []
  const at = { runId: Number(run), seq: Number(seq) }
  return at.runId < 2 ** 31 && at.seq < 2 ** 31 ? at : null
}
