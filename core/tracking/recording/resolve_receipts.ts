import type pg from 'pg'
import type { TrackingEvent } from '../tracking_event.js'

/** A fact whose delivery is known */
export type PlacedEvent = TrackingEvent & { readonly runId: number; readonly seq: number }

type Receipt = { readonly pluginId: string; readonly providerKey: string }
type Place = { readonly runId: number; readonly seq: number }

/**
 * Finds the deliveries that receipts are about, each among those of the plugin that brought it, and leaves out what the batch
 * says twice.
 *
 * Rows in: receipts of one batch. Index: deliveries_provider_key, one a partition.
 */
export async function resolveReceipts(
  client: pg.PoolClient,
  trackingEvents: readonly TrackingEvent[]
): Promise<{ placed: PlacedEvent[]; unknown: TrackingEvent[] }> {
  const places = await findPlaces(
    client,
    trackingEvents.flatMap(({ of }) => ('providerKey' in of ? [of] : []))
  )
  const seen = new Set<string>()
  const placed: PlacedEvent[] = []
  const unknown: TrackingEvent[] = []
  for (const trackingEvent of trackingEvents) {
    const { of } = trackingEvent
    const at = 'providerKey' in of ? places.get(idOf(of)) : of
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

async function findPlaces(
  client: pg.PoolClient,
  receipts: readonly Receipt[]
): Promise<Map<string, Place>> {
  if (receipts.length === 0) return new Map()
  const own = receipts.map(({ providerKey }) => ownKey(providerKey))
  const { rows } = await client.query<Place & Receipt>({
    name: 'resolve_receipts',
    text: `select d.run_id "runId", d.seq, d.provider_key "providerKey", r.plugin_id "pluginId"
             from deliveries d join campaign_runs r on r.id = d.run_id
            where d.provider_key = any($1::text[])
           union all
           select d.run_id, d.seq, d.run_id || '.' || d.seq, r.plugin_id
             from unnest($2::int[], $3::int[]) asked(run_id, seq)
             join deliveries d on d.run_id = asked.run_id and d.seq = asked.seq
               and d.provider_key is null
             join campaign_runs r on r.id = d.run_id`,
    values: [
      receipts.map((receipt) => receipt.providerKey),
      own.map((at) => at?.runId ?? null),
      own.map((at) => at?.seq ?? null),
    ],
  })
  return new Map(rows.map((row) => [idOf(row), row]))
}

/** A far side that takes our own id of a delivery as its key: the engine does not write that down, it can be read */
function ownKey(key: string): Place | null {
  const [, run, seq] = /^(\d{1,10})\.(\d{1,10})$/.exec(key) ?? []
  const at = { runId: Number(run), seq: Number(seq) }
  return at.runId < 2 ** 31 && at.seq < 2 ** 31 ? at : null
}

const idOf = (receipt: Receipt) => `${receipt.pluginId} ${receipt.providerKey}`
