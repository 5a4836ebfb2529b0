import { sql } from '#core/database/sql'
import Contact from '../models/contact.js'
import type { SuppressionReason } from '../models/suppression.js'

export type ContactFacts = {
  readonly contact: Contact
  readonly lists: readonly { readonly id: string; readonly name: string }[]
  readonly suppressions: readonly {
    readonly address: string
    readonly reason: SuppressionReason
    readonly createdAt: Date
  }[]
}

/**
 * A contact with the lists it stands in and the oppositions to its addresses.
 *
 * @throws E_ROW_NOT_FOUND when the account has no such contact
 */
export async function findContact(o: {
  accountId: string
  contactId: string
}): Promise<ContactFacts> {
  const contact = await Contact.in(o.accountId).where('id', o.contactId).firstOrFail()
  const [lists, suppressions] = await Promise.all([
    sql<{ id: string; name: string }>(
      `select l.id, l.name from contact_lists l join contact_list_members m on m.list_id = l.id
       where l.account_id = $1::uuid and m.contact_id = $2::uuid order by lower(l.name)`,
      [o.accountId, contact.id]
    ),
    sql<{ address: string; reason: SuppressionReason; createdAt: Date }>(
      `select address, reason, created_at "createdAt" from suppressions where account_id = $1::uuid
        and address in ($2, $3)`,
      [o.accountId, contact.email ?? '', contact.phone ?? '']
    ),
  ])
  return { contact, lists, suppressions }
}
