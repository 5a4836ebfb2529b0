import { sql } from '#core/database/sql'

export type ContactListOption = {
  readonly id: string
  readonly name: string
  readonly contacts: number
  readonly createdAt: Date
}

/** The lists of an account with their sizes, by name, for a choice */
export async function contactListOptions(accountId: string): Promise<ContactListOption[]> {
  return sql<ContactListOption>(
    `select l.id, l.name, count(m.contact_id)::int contacts, l.created_at "createdAt"
       from contact_lists l left join contact_list_members m on m.list_id = l.id
      where l.account_id = $1::uuid group by l.id order by l.name, l.id`,
    [accountId]
  )
}
