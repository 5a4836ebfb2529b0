import { inTransaction } from '#core/database/in_transaction'
import { sql } from '#core/database/sql'
import { checkLists } from '../lists/check_lists.js'
import { readCountry } from '../addresses/country_name.js'
import { ContactAddressMissingError, ContactTakenError } from '../errors.js'
import { readLanguage } from '../addresses/language_tag.js'
import Contact from '../models/contact.js'
import { normaliseContactAddresses } from './save_contact.js'

/**
 * Corrects a contact and says which lists it stands in. Its consent stays: it was given by the person, not by the address.
 *
 * @param o.listIds all the lists of the account that it is to stand in
 * @param o.fields the account's own fields that it has already; others are left out, an empty one is taken away
 * @param o.homeCountry ISO 3166 alpha-2 of a number that names no country
 * @throws ContactAddressMissingError when neither e-mail address nor number is left
 * @throws ContactTakenError when another contact of the account has the e-mail address
 * @throws AddressInvalidError
 * @throws ListUnknownError when the account does not have all of the lists
 * @throws E_ROW_NOT_FOUND when the account has no such contact
 */
export async function updateContact(o: {
  accountId: string
  contactId: string
  email: string | null
  phone: string | null
  firstName: string | null
  lastName: string | null
  city: string | null
  country: string | null
  language: string | null
  fields: Readonly<Record<string, string>>
  listIds: readonly string[]
  homeCountry: string
}): Promise<void> {
  if (!o.email && !o.phone) throw new ContactAddressMissingError()
  const { email, phone } = normaliseContactAddresses({
    email: o.email,
    phone: o.phone,
    country: o.homeCountry,
  })

  await inTransaction(async (trx) => {
    /** The same lock as an import's merge: neither takes the address that the other is taking */
    await sql(
      `select pg_advisory_xact_lock(hashtextextended('audience.merge:' || $1, 0))`,
      [o.accountId],
      trx
    )
    await checkLists({ ...o, field: 'lists', trx })
    const contact = await Contact.in(o.accountId, { client: trx })
      .where('id', o.contactId)
      .forUpdate()
      .firstOrFail()
    if (email && email !== contact.email) {
      const taken = await Contact.in(o.accountId, { client: trx }).where('email', email).first()
      if (taken) throw new ContactTakenError(email)
    }
    contact.merge({
      email,
      phone,
      firstName: o.firstName,
      lastName: o.lastName,
      city: o.city,
      country: readCountry(o.country ?? '') || null,
      language: readLanguage(o.language ?? '') || null,
    })
    contact.fields = Object.fromEntries(
      Object.entries(contact.fields)
        .map(([key, value]) => [key, o.fields[key] ?? value] as const)
        .filter(([, value]) => value !== '')
    )
    await contact.save()
    await sql(
      `delete from contact_list_members m using contact_lists l
       where l.id = m.list_id and l.account_id = $1::uuid and m.contact_id = $2::uuid
         and l.id <> all($3::uuid[])`,
      [o.accountId, contact.id, [...o.listIds]],
      trx
    )
    await sql(
      `insert into contact_list_members (list_id, contact_id)
       select l.id, $2::uuid from contact_lists l where l.account_id = $1::uuid
         and l.id = any($3::uuid[])
       on conflict do nothing`,
      [o.accountId, contact.id, [...o.listIds]],
      trx
    )
  })
}
