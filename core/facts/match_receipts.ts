import type pg from 'pg'
import type { FactSubject } from '@griot/sdk'
import type { PlacedReceipt, ReceivedFact } from './received_fact.js'

type Place = { readonly runId: number; readonly seq: number; readonly part: number | null }

/**
 * Finds the deliveries that receipts are about, each among those of the plugin that told it.
 *
 * Rows in: receipts of one batch. Indexes: deliveries_provider_key and delivery_parts_key, one a
 * partition, and primary keys.
 *
 * @returns a place for each receipt, null where nobody knows the delivery
 */
export async function matchReceipts(
  client: pg.PoolClient,
  receipts: readonly ReceivedFact[]
): Promise<(PlacedReceipt | null)[]> {
  if (receipts.length === 0) return []
  const named = receipts.map(({ fact }) => ownId(fact.of))
  const keys = receipts.flatMap(({ fact }) =>
    'providerKey' in fact.of ? [fact.of.providerKey] : []
  )
  const { rows } = await client.query<Place & { pluginId: string; key: string; theirs: boolean }>({
    name: 'match_receipts',
    text: `select d.run_id "runId", d.seq, null::int part, r.plugin_id "pluginId",
                  d.provider_key "key", true theirs
             from deliveries d join campaign_runs r on r.id = d.run_id
            where d.provider_key = any($1::text[])
           union all
           select p.run_id, p.seq, p.part, r.plugin_id, p.provider_key, true
             from delivery_parts p join campaign_runs r on r.id = p.run_id
            where p.provider_key = any($1::text[])
           union all
           select d.run_id, d.seq, null, r.plugin_id, d.run_id || '.' || d.seq,
                  d.provider_key is null
             from unnest($2::int[], $3::int[]) asked(run_id, seq)
             join deliveries d on d.run_id = asked.run_id and d.seq = asked.seq
               and d.state not in ('pending', 'leased', 'handing_over', 'deferred')
             join campaign_runs r on r.id = d.run_id`,
    values: [keys, named.map((at) => at?.runId ?? null), named.map((at) => at?.seq ?? null)],
  })
  const byKey = new Map<string, Place>()
  const byId = new Map<string, Place>()
  for (const { pluginId, key, theirs, runId, seq, part } of rows) {
    if (theirs) byKey.set(`${pluginId} ${key}`, { runId, seq, part })
    byId.set(`${pluginId} ${runId}.${seq}`, { runId, seq, part: null })
  }
  return receipts.map(({ pluginId, fact }) => {
    const { of } = fact
    const at =
      'providerKey' in of
        ? byKey.get(`${pluginId} ${of.providerKey}`)
        : byId.get(`${pluginId} ${of.deliveryId}`)
    return at ? { ...at, pluginId, fact } : null
  })
}

/**
 * The delivery that a name of ours stands for. A far side that takes our own id of a delivery as its key has it as a key as well: the
 * engine does not write that down, it can be read. Until its outcome is written it is not known. A delivery to which the far side gave a key of its own answers to that alone, so
 * that nobody finds it by counting.
 */
function ownId(of: FactSubject): { readonly runId: number; readonly seq: number } | null {
  const name = 'providerKey' in of ? of.providerKey : of.deliveryId
  const [, run, seq] = /^(\d{1,10})\.(\d{1,10})$/.exec(name) ?? []
  const at = { runId: Number(run), seq: Number(seq) }
  return at.runId < 2 ** 31 && at.seq < 2 ** 31 ? at : null
}
