import { whereText } from '#core/database/where_text'
import { keysetPage, type KeysetPage } from '#core/database/keyset'
import Contact, { type Consent } from '../models/contact.js'
import { phoneReader } from '../addresses/phone_number.js'

/**
 * One page of an account's contacts, newest first.
 *
 * @param o.search a name, an address, or a number in local or international form
 * @param o.listId members of this list only
 * @param o.consent people who said this about being written to
 * @param o.country ISO 3166 alpha-2 of numbers that name no country
 */
export async function searchContacts(o: {
  accountId: string
  search?: string | null
  listId?: string | null
  consent?: Consent | null
  cursor?: string | null
  country: string
}): Promise<KeysetPage<Contact>> {
  const query = Contact.in(o.accountId)
  const words = o.search?.trim().slice(0, 100) ?? ''
  const digits = words.replace(/[\s().+-]/g, '')

  if (/^\d{3,}$/.test(digits)) {
    const whole = phoneReader(o.country)(words)
    void query.where((either) => {
      void either.whereLike('phone', `%${digits.replace(/^00/, '')}%`)
      if (whole) void either.orWhere('phone', whole)
    })
  } else if (words) {
    whereText(
      query,
      [
        'email',
        `coalesce(first_name, '') || ' ' || coalesce(last_name, '')`,
        `coalesce(last_name, '') || ' ' || coalesce(first_name, '')`,
      ],
      words
    )
  }
  if (o.listId)
    void query.whereRaw(
      `exists (select from contact_list_members m where m.contact_id = contacts.id
        and m.list_id = ?::uuid)`,
      [o.listId]
    )
  if (o.consent) void query.where('consent', o.consent)
  return keysetPage<Contact>({ query, cursor: o.cursor ?? null })
}
