import type pg from 'pg'
import { subjectOf, type ReceivedFact, type Subject } from './received_fact.js'

/**
 * Keeps facts about deliveries that nobody knows yet: a far side may be faster than we write down what it told us. The key that a fact
 * names is found again when the outcome is written.
 *
 * Rows in: those of a batch that match nothing. Index: primary key.
 *
 * @returns for each whether it was new
 */
export async function parkFacts(
  client: pg.PoolClient,
  facts: readonly ReceivedFact[]
): Promise<boolean[]> {
  if (facts.length === 0) return []
  const { rows } = await client.query<{ id: string }>({
    name: 'park_facts',
    text: `insert into parked_facts (plugin_id, endpoint, fact_id, subject, fact)
           select distinct on (plugin_id, endpoint, fact_id) *
             from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::jsonb[])
               f(plugin_id, endpoint, fact_id, subject, fact)
            order by plugin_id, endpoint, fact_id
           on conflict (plugin_id, endpoint, fact_id) do nothing
           returning plugin_id || ' ' || endpoint || ' ' || fact_id id`,
    values: [
      facts.map(({ pluginId }) => pluginId),
      facts.map(({ fact }) => fact.endpoint ?? ''),
      facts.map(({ fact }) => fact.id),
      facts.map(({ fact }) => parkedUnder(subjectOf(fact))),
      facts.map(({ fact }) => JSON.stringify(fact)),
    ],
  })
  const parked = new Set(rows.map((row) => row.id))
  return facts.map(({ pluginId, fact }) =>
    parked.delete(`${pluginId} ${fact.endpoint ?? ''} ${fact.id}`)
  )
}

/** A key as it stands with outcomes; an address apart from them */
function parkedUnder(subject: Subject): string {
  if ('from' in subject) return `from ${subject.from}`
  if ('run' in subject) return `run ${subject.run}`
  return 'providerKey' in subject ? subject.providerKey : subject.deliveryId
}
