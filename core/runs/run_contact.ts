import { sql } from '#core/database/sql'

export type RunContact = {
  /** Null when the contact was deleted since */
  readonly contactId: string | null
  readonly consent: string | null
  readonly address: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** The person of one delivery; null when there is no such delivery. A deleted contact keeps the address alone */
export async function runContact(o: { runId: number; seq: number }): Promise<RunContact | null> {
  const [row] = await sql<Omit<RunContact, 'fields'> & { fields: RunContact['fields'] | null }>(
    `select d.address, c.id "contactId", c.consent,
            jsonb_strip_nulls(jsonb_build_object('first_name', c.first_name,
              'last_name', c.last_name, 'email', c.email, 'phone', c.phone,
              'city', c.city, 'country', c.country, 'language', c.language)) || coalesce(c.fields,
                '{}') fields
       from deliveries d left join contacts c on c.id = d.contact_id where d.run_id = $1
         and d.seq = $2 and d.state <> 'excluded'`,
    [o.runId, o.seq]
  )
  return row ? { ...row, fields: row.fields ?? {} } : null
}
