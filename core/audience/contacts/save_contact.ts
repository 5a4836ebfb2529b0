import { inTransaction } from '#core/database/in_transaction'
import { sql } from '#core/database/sql'
import { checkLists } from '../lists/check_lists.js'
import { normaliseEmail } from '../addresses/email_address.js'
import { AddressInvalidError, ContactAddressMissingError, ContactTakenError } from '../errors.js'
import Contact, { type Consent } from '../models/contact.js'
import { phoneReader } from '../addresses/phone_number.js'

/**
 * Adds one contact by hand.
 *
 * @param o.country ISO 3166 alpha-2 of a number that names no country
 * @throws ContactAddressMissingError when there is neither e-mail address nor number
 * @throws ContactTakenError when a contact of the account has the e-mail address
 * @throws AddressInvalidError
 * @throws ListUnknownError when the account has no such list
 */
export async function addContact(o: {
  accountId: string
  email: string | null
  phone: string | null
  firstName: string | null
  lastName: string | null
  city: string | null
  consent: Consent
  listId: string | null
  country: string
}): Promise<Contact> {
  if (!o.email && !o.phone) throw new ContactAddressMissingError()
  const { email, phone } = normaliseContactAddresses(o)

  return inTransaction(async (trx) => {
    /** The same lock as an import's merge: neither makes what the other is making */
    await sql(
      `select pg_advisory_xact_lock(hashtextextended('audience.merge:' || $1, 0))`,
      [o.accountId],
      trx
    )
    if (email && (await Contact.in(o.accountId, { client: trx }).where('email', email).first()))
      throw new ContactTakenError(email)
    if (o.listId)
      await checkLists({ accountId: o.accountId, listIds: [o.listId], field: 'list', trx })

    const contact = new Contact()
    contact.useTransaction(trx)
    contact.merge({
      accountId: o.accountId,
      email,
      phone,
      firstName: o.firstName,
      lastName: o.lastName,
      city: o.city,
      fields: {},
      consent: o.consent,
    })
    await contact.save()
    await stampConsent(contact.id, o.consent, trx)
    if (o.listId)
      await sql(
        `insert into contact_list_members (list_id, contact_id) values ($1, $2)`,
        [o.listId, contact.id],
        trx
      )
    return contact
  })
}

/**
 * Records what a person said about being written to.
 *
 * @throws E_ROW_NOT_FOUND when the account has no such contact
 */
export async function recordConsent(o: {
  accountId: string
  contactId: string
  consent: Consent
}): Promise<void> {
  const contact = await Contact.in(o.accountId).where('id', o.contactId).firstOrFail()
  if (contact.consent === o.consent) return
  await stampConsent(contact.id, o.consent)
}

/**
 * Erases a contact. Oppositions stay: erasing somebody is no leave to write to them again.
 *
 * @throws E_ROW_NOT_FOUND when the account has no such contact
 */
export async function deleteContact(o: { accountId: string; contactId: string }): Promise<void> {
  const contact = await Contact.in(o.accountId).where('id', o.contactId).firstOrFail()
  await contact.delete()
}

async function stampConsent(contactId: string, consent: Consent, trx?: Parameters<typeof sql>[2]) {
  await sql(
    `update contacts set consent = $2, consent_source = case when $2 = 'unknown' then null
      else 'portal' end,
       consent_at = case when $2 = 'unknown' then null else now() end, updated_at = now()
         where id = $1::uuid`,
    [contactId, consent],
    trx
  )
}

/**
 * The addresses of a contact as they are stored.
 *
 * @param o.country ISO 3166 alpha-2 of a number that names no country
 * @throws AddressInvalidError
 */
export function normaliseContactAddresses(o: {
  email: string | null
  phone: string | null
  country: string
}): { email: string | null; phone: string | null } {
  return {
    email: o.email ? usable(normaliseEmail(o.email), o.email) : null,
    phone: o.phone ? usable(phoneReader(o.country)(o.phone), o.phone) : null,
  }
}

function usable(address: string | null, typed: string): string {
  if (!address) throw new AddressInvalidError(typed.slice(0, 80))
  return address
}
