import type pg from 'pg'
import { recordAnswers, type ContactAnswer } from '#core/audience/contacts/record_answers'
import type { PlacedAnswer } from './received_fact.js'

/**
 * Hands answers to the contacts whose deliveries they belong to. One whose contact is gone has nobody to belong to.
 *
 * Rows in: answers of a batch. Index: primary key of deliveries.
 *
 * @returns for each whether it was new
 */
export async function takeAnswers(
  client: pg.PoolClient,
  answers: readonly PlacedAnswer[]
): Promise<boolean[]> {
  if (answers.length === 0) return []
  const { rows } = await client.query<{ n: number; contact_id: string }>({
    name: 'contacts_of_answers',
    text: `select asked.n::int n, d.contact_id
             from unnest($1::int[], $2::int[]) with ordinality asked(run_id, seq, n)
             join deliveries d on d.run_id = asked.run_id and d.seq = asked.seq
            where d.contact_id is not null`,
    values: [answers.map((one) => one.runId), answers.map((one) => one.seq)],
  })
  const known = rows.map(({ n, contact_id: contactId }) => ({ n: n - 1, contactId }))
  const fresh = await recordAnswers(
    client,
    known.map(({ n, contactId }): ContactAnswer => {
      const { fact, pluginId, runId } = answers[n]
      return {
        contactId,
        field: fact.field,
        value: fact.value,
        pluginId,
        endpoint: fact.endpoint ?? '',
        factId: fact.id,
        runId,
        at: fact.at,
      }
    })
  )
  const told = answers.map(() => false)
  for (const [index, { n }] of known.entries()) told[n] = fresh[index]
  return told
}
