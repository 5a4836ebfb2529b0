import type pg from 'pg'
import type { Fact } from '@griot/sdk'
import { inTransaction } from '#core/database/in_transaction'
import { matchFacts } from './match_facts.js'
import { takeFacts } from './record_facts.js'
import debug from './debug.js'

/** Parked facts looked at in one transaction */
const BATCH = 2_000

type Parked = { pluginId: string; endpoint: string; factId: string; fact: Fact }

/**
 * Records parked facts whose delivery is known by now. Two workers may do so at once: each takes what the other does not hold.
 *
 * @param o.pluginId facts of this plugin alone
 * @returns how many were recorded
 */
export async function matchParked(pool: pg.Pool, o: { pluginId?: string } = {}): Promise<number> {
  let matched = 0
  let after = '0'
  for (;;) {
    const step = await inTransaction(pool, (client) => matchSome(client, { ...o, after }))
    matched += step.matched
    if (step.last === null) break
    after = step.last
  }
  if (matched > 0) debug('%d parked facts matched', matched)
  return matched
}

async function matchSome(
  client: pg.PoolClient,
  o: { pluginId?: string; after: string }
): Promise<{ matched: number; last: string | null }> {
  const { rows } = await client.query<Parked & { place: string }>({
    name: 'parked_facts',
    text: `select plugin_id "pluginId", endpoint, fact_id "factId", fact, place
             from parked_facts
            where place > $1 and ($2::text is null or plugin_id = $2)
            order by place limit $3 for update skip locked`,
    values: [o.after, o.pluginId ?? null, BATCH],
  })
  if (rows.length === 0) return { matched: 0, last: null }
  const placed = await matchFacts(
    client,
    rows.map(({ pluginId, fact }) => ({ pluginId, fact: { ...fact, at: new Date(fact.at) } }))
  )
  const known = rows.filter((_, index) => placed[index] !== null)
  await takeFacts(
    client,
    placed.filter((fact) => fact !== null)
  )
  await client.query({
    name: 'unpark_facts',
    text: `delete from parked_facts p using unnest($1::text[], $2::text[], $3::text[])
      k(plugin_id, endpoint, fact_id)
      where p.plugin_id = k.plugin_id and p.endpoint = k.endpoint and p.fact_id = k.fact_id`,
    values: [
      known.map((row) => row.pluginId),
      known.map((row) => row.endpoint),
      known.map((row) => row.factId),
    ],
  })
  return { matched: known.length, last: rows[rows.length - 1].place }
}
