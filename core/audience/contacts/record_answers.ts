import type pg from 'pg'

/** What a contact answered at a far side, with the fact that says so */
export type ContactAnswer = {
  readonly contactId: string
  readonly field: string
  readonly value: string
  readonly pluginId: string
  readonly endpoint: string
  readonly factId: string
  readonly runId: number
  readonly at: Date
}

/** Own fields of one contact: what goes beyond is kept as an answer, and is no field */
const MOST_FIELDS = 200

/**
 * Writes answers down, each once, and puts the newest one to each field into the contact, in whatever order they come.
 *
 * Rows in: answers of a batch. Indexes: the key of the fact, contact_answers_newest.
 *
 * @returns for each whether it was new
 */
export async function recordAnswers(
  client: pg.PoolClient,
  answers: readonly ContactAnswer[]
): Promise<boolean[]> {
  if (answers.length === 0) return []
  const { rows } = await client.query<{ id: string; contact_id: string }>({
    name: 'record_answers',
    text: `insert into contact_answers (contact_id, field, value, plugin_id, endpoint, fact_id,
             run_id, at)
           select distinct on (a.plugin_id, a.endpoint, a.fact_id) c.id, a.field, a.value,
                  a.plugin_id, a.endpoint, a.fact_id, a.run_id, a.at
             from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
               $7::int[], $8::timestamptz[])
               a(contact_id, field, value, plugin_id, endpoint, fact_id, run_id, at)
             join contacts c on c.id = a.contact_id
            order by a.plugin_id, a.endpoint, a.fact_id
           on conflict (plugin_id, endpoint, fact_id) do nothing
           returning plugin_id || ' ' || endpoint || ' ' || fact_id id, contact_id`,
    values: [
      answers.map((one) => one.contactId),
      answers.map((one) => one.field),
      answers.map((one) => one.value),
      answers.map((one) => one.pluginId),
      answers.map((one) => one.endpoint),
      answers.map((one) => one.factId),
      answers.map((one) => one.runId),
      answers.map((one) => one.at),
    ],
  })
  if (rows.length > 0)
    await client.query({
      name: 'put_answers',
      text: `update contacts c set fields = c.fields || n.fields, updated_at = now()
               from (
                 select contact_id, jsonb_object_agg(field, value) fields from (
                   select distinct on (a.contact_id, a.field) a.contact_id, a.field, a.value
                     from contact_answers a where a.contact_id = any($1::uuid[])
                    order by a.contact_id, a.field, a.at desc, a.id desc) newest
                  group by contact_id) n
              where c.id = n.contact_id
                and (select count(*) from jsonb_object_keys(c.fields || n.fields)) <= $2`,
      values: [[...new Set(rows.map((row) => row.contact_id))].sort(), MOST_FIELDS],
    })
  const fresh = new Set(rows.map((row) => row.id))
  return answers.map((one) => fresh.delete(`${one.pluginId} ${one.endpoint} ${one.factId}`))
}
