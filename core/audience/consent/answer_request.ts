import { sql } from '#core/database/sql'

/**
 * Writes down what somebody answered to a request for consent. They may change their mind by the same link; an address that is
 * suppressed stays so.
 *
 * @param o.runId the run that asked: the proof, kept with the moment of the answer
 * @returns false when the contact is gone
 */
export async function answerRequest(o: {
  accountId: string
  contactId: string
  answer: 'granted' | 'refused'
  runId: number
  now: Date
}): Promise<boolean> {
  const written = await sql(
    `update contacts set consent = $3, consent_source = 'answer:' || $4::int,
      consent_at = $5::timestamptz, updated_at = now()
      where id = $1::uuid and account_id = $2::uuid returning 1`,
    [o.contactId, o.accountId, o.answer, o.runId, o.now.toISOString()]
  )
  return written.length > 0
}

/**
 * How many people answered what some runs asked. Rows in: the contacts of the account; for the page of a request alone.
 */
export async function countAnswers(o: {
  accountId: string
  runIds: readonly number[]
}): Promise<{ granted: number; refused: number }> {
  const [row] = await sql<{ granted: number; refused: number }>(
    `select count(*) filter (where consent = 'granted')::int granted,
            count(*) filter (where consent = 'refused')::int refused
       from contacts where account_id = $1::uuid and consent_source = any($2::text[])`,
    [o.accountId, o.runIds.map((id) => `answer:${id}`)]
  )
  return row
}
