import { isUuid } from '#core/database/uuid'
import { plainQuery } from '#core/http/forms/plain_query'
import { allows, authorize } from '#core/access/authorize'
import { Readable } from 'node:stream'
import type { HttpContext } from '@adonisjs/core/http'
import { renderPage } from '#core/http/pages/render_page'
import { contactListOptions } from '../lists/contact_list_options.js'
import { phoneCountryOptions } from '../addresses/country_name.js'
import { findDeclaration } from '../consent/declare_consent.js'
import { exportContacts } from '../contacts/export_contacts.js'
import { findContact } from '../contacts/find_contact.js'
import type Contact from '../models/contact.js'
import type { Consent } from '../models/contact.js'
import { addContact, deleteContact, recordConsent } from '../contacts/save_contact.js'
import { suppressedAddresses } from '../consent/suppressed_addresses.js'
import { updateContact } from '../contacts/update_contact.js'
import { searchContacts } from '../contacts/search_contacts.js'
import { consentForm, contactEditForm, contactForm } from '../validators/audience_forms.js'

const CONSENTS: readonly Consent[] = ['granted', 'refused', 'unknown']

/** Contacts in the portal: search, one contact, and what a person said about being written to */
export default class PortalContactsController {
  async index(ctx: HttpContext) {
    await authorize(ctx, 'contacts.view')
    const { account } = ctx.portal
    const { q, list, consent, cursor } = plainQuery(ctx)
    const search = typeof q === 'string' ? q : ''
    const listId = typeof list === 'string' && isUuid(list) ? list : null
    const said = CONSENTS.find((one) => one === consent) ?? null
    const [page, lists] = await Promise.all([
      searchContacts({
        accountId: account.id,
        search,
        listId,
        consent: said,
        cursor: typeof cursor === 'string' ? cursor : null,
        country: account.country,
      }),
      contactListOptions(account.id),
    ])
    const suppressed = await suppressedAddresses({
      accountId: account.id,
      addresses: page.rows.flatMap((row) => [row.email, row.phone].filter((one) => one !== null)),
    })
    return renderPage(ctx, 'portal/contacts/index', {
      contacts: page.rows.map((row) => ({
        ...contactRow(row),
        suppressed:
          suppressed.get(row.email ?? '') ??
          (row.email ? null : suppressed.get(row.phone ?? '')) ??
          null,
      })),
      next: page.next,
      previous: page.previous,
      lists: lists.map((one) => ({ id: one.id, name: one.name, contacts: one.contacts })),
      listId,
      search,
      consent: said,
      consents: CONSENTS,
      filtered: Boolean(search || listId || said),
      mayEdit: allows(ctx, 'contacts.edit'),
    })
  }

  async export(ctx: HttpContext) {
    await authorize(ctx, 'contacts.view')
    const { list, consent } = plainQuery(ctx)
    const listId = typeof list === 'string' && isUuid(list) ? list : null
    ctx.response.header('content-type', 'text/csv; charset=utf-8')
    ctx.response.attachment('contacts.csv')
    return ctx.response.stream(
      Readable.from(
        exportContacts({
          accountId: ctx.portal.account.id,
          listId,
          consent: CONSENTS.find((one) => one === consent) ?? null,
          words: (key) => ctx.i18n.t(`audience.${key}`),
        })
      )
    )
  }

  async new(ctx: HttpContext) {
    await authorize(ctx, 'contacts.edit')
    const lists = await contactListOptions(ctx.portal.account.id)
    return renderPage(ctx, 'portal/contacts/new', {
      lists: lists.map((one) => ({ value: one.id, label: one.name })),
    })
  }

  async store(ctx: HttpContext) {
    await authorize(ctx, 'contacts.edit')
    const { account } = ctx.portal
    const form = await ctx.request.validateUsing(contactForm)
    const contact = await addContact({
      accountId: account.id,
      email: form.email ?? null,
      phone: form.phone ?? null,
      firstName: form.first_name ?? null,
      lastName: form.last_name ?? null,
      city: form.city ?? null,
      consent: form.consent,
      listId: form.list ?? null,
      country: account.country,
    })
    ctx.session.flash('done', 'audience.contacts.added')
    return ctx.response.redirect(`/portal/contacts/${contact.id}`)
  }

  async show(ctx: HttpContext) {
    await authorize(ctx, 'contacts.view')
    const { account } = ctx.portal
    const { contact, lists, suppressions } = await findContact({
      accountId: account.id,
      contactId: String(ctx.params.id),
    })
    return renderPage(ctx, 'portal/contacts/show', {
      contact: {
        ...contactDetails(contact),
        consentSource: contact.consentSource?.split(':')[0] ?? null,
        declaration: await this.#declaration(contact),
        consentAt: contact.consentAt?.toJSDate() ?? null,
      },
      lists: [...lists],
      suppressions: [...suppressions],
      mayEdit: allows(ctx, 'contacts.edit'),
    })
  }

  async edit(ctx: HttpContext) {
    await authorize(ctx, 'contacts.edit')
    const { account } = ctx.portal
    const [{ contact, lists }, all] = await Promise.all([
      findContact({ accountId: account.id, contactId: String(ctx.params.id) }),
      contactListOptions(account.id),
    ])
    return renderPage(ctx, 'portal/contacts/edit', {
      contact: {
        ...contactDetails(contact),
        lists: lists.map((list) => list.id),
      },
      lists: all.map((list) => ({ value: list.id, label: list.name })),
      countries: phoneCountryOptions(ctx.i18n.locale),
    })
  }

  async update(ctx: HttpContext) {
    await authorize(ctx, 'contacts.edit')
    const { account } = ctx.portal
    const contactId = String(ctx.params.id)
    await findContact({ accountId: account.id, contactId })
    const form = await ctx.request.validateUsing(contactEditForm)
    await updateContact({
      accountId: account.id,
      contactId,
      email: form.email ?? null,
      phone: form.phone ?? null,
      firstName: form.first_name ?? null,
      lastName: form.last_name ?? null,
      city: form.city ?? null,
      country: form.country ?? null,
      language: form.language ?? null,
      fields: Object.fromEntries(
        Object.entries(form.fields ?? {}).map(([key, value]) => [key, value ?? ''])
      ),
      listIds: form.lists ?? [],
      homeCountry: account.country,
    })
    ctx.session.flash('done', 'audience.contacts.updated')
    return ctx.response.redirect(`/portal/contacts/${contactId}`)
  }

  async consent(ctx: HttpContext) {
    await authorize(ctx, 'contacts.edit')
    const accountId = ctx.portal.account.id
    const contactId = String(ctx.params.id)
    await findContact({ accountId, contactId })
    const { consent } = await ctx.request.validateUsing(consentForm)
    await recordConsent({ accountId, contactId, consent })
    ctx.session.flash('done', 'audience.contacts.consent_saved')
    return ctx.response.redirect(`/portal/contacts/${contactId}`)
  }

  async destroy(ctx: HttpContext) {
    await authorize(ctx, 'contacts.edit')
    await deleteContact({ accountId: ctx.portal.account.id, contactId: String(ctx.params.id) })
    ctx.session.flash('done', 'audience.contacts.deleted')
    return ctx.response.redirect('/portal/contacts')
  }

  /** What was said of many people, when this one's consent comes from there */
  async #declaration(contact: Contact) {
    const [kind, id] = contact.consentSource?.split(':') ?? []
    if (kind !== 'declaration' || !isUuid(id)) return null
    return findDeclaration({ accountId: contact.accountId, id })
  }
}

function contactRow(contact: Contact) {
  const name = [contact.firstName, contact.lastName].filter(Boolean).join(' ')
  return {
    id: contact.id,
    name: name || contact.email || contact.phone || '',
    email: contact.email,
    phone: contact.phone,
    city: contact.city,
    consent: contact.consent,
    createdAt: contact.createdAt.toJSDate(),
  }
}

function contactDetails(contact: Contact) {
  return {
    ...contactRow(contact),
    firstName: contact.firstName,
    lastName: contact.lastName,
    country: contact.country,
    language: contact.language,
    fields: Object.entries(contact.fields).map(([key, value]) => ({ key, value: String(value) })),
  }
}
