import { sql } from '#core/database/sql'

/** The contact that a delivery went to; null when it was not sent, or the contact is gone. By primary keys */
export async function runRecipient(o: {
  runId: number
  seq: number
}): Promise<{ accountId: string; contactId: string; consent: string } | null> {
  const [row] = await sql<{ accountId: string; contactId: string; consent: string }>(
    `select r.account_id "accountId", c.id "contactId", c.consent
       from deliveries d join campaign_runs r on r.id = d.run_id
       join contacts c on c.id = d.contact_id and c.account_id = r.account_id
      where d.run_id = $1 and d.seq = $2 and d.state <> 'excluded'`,
    [o.runId, o.seq]
  )
  return row ?? null
}
