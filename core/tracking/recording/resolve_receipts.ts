import type pg from 'pg'
import type { Hit } from '../tracking_event.js'

/** A fact whose delivery is known */
export type PlacedHit = Hit & { readonly runId: number; readonly seq: number }

/**
 * Finds the deliveries that receipts are about, and leaves out what the batch says twice.
 *
 * Rows in: receipts of one batch. Index: deliveries_provider_key, one a partition.
 */
export async function resolveReceipts(
  client: pg.PoolClient,
  hits: readonly Hit[]
): Promise<{ placed: PlacedHit[]; unknown: Hit[] }> {
  const keys = hits.flatMap((hit) => ('providerKey' in hit.of ? [hit.of.providerKey] : []))
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
  const placed: PlacedHit[] = []
  const unknown: Hit[] = []
  for (const hit of hits) {
    const at =
      'providerKey' in hit.of
        ? (byKey.get(hit.of.providerKey) ?? ownKey(hit.of.providerKey))
        : hit.of
    if (!at) {
      unknown.push(hit)
      continue
    }
    const id = `${at.runId} ${hit.key}`
    if (seen.has(id)) continue
    seen.add(id)
    placed.push({ ...hit, runId: at.runId, seq: at.seq })
  }
  return { placed, unknown }
}

/** A far side that takes our own id of a delivery as its key: the engine does not write that down, it can be read */
function ownKey(key: string): { runId: number; seq: number } | null {
  const [, run, seq] = /^(\d{1,10})\.(\d{1,10})$/.exec(key) ?? []
  const at = { runId: Number(run), seq: Number(seq) }
  return at.runId < 2 ** 31 && at.seq < 2 ** 31 ? at : null
}
