import { isUuid } from '#core/database/uuid'
import { plainQuery } from '#core/http/plain_query'
import { allows, authorize } from '#core/access/authorize'
import type { HttpContext } from '@adonisjs/core/http'
import { renderPage } from '#core/http/render_page'
import { contactListOptions } from '../contact_list_options.js'
import { findContact } from '../find_contact.js'
import type Contact from '../models/contact.js'
import { addContact, deleteContact, recordConsent } from '../save_contact.js'
import { searchContacts } from '../search_contacts.js'
import { consentForm, contactForm } from '../validators/audience_forms.js'

/** Contacts in the portal: search, one contact, and what a person said about being written to */
export default class PortalContactsController {
  async index(ctx: HttpContext) {
    await authorize(ctx, 'contacts.view')
    const { account } = ctx.portal
    const { q, list, cursor } = plainQuery(ctx)
    const search = typeof q === 'string' ? q : ''
    const listId = typeof list === 'string' && isUuid(list) ? list : null
    const [page, lists] = await Promise.all([
      searchContacts({
        accountId: account.id,
        search,
        listId,
        cursor: typeof cursor === 'string' ? cursor : null,
        country: account.country,
      }),
      contactListOptions(account.id),
    ])
    return renderPage(ctx, 'portal/contacts/index', {
      contacts: page.rows.map(contactRow),
      next: page.next,
      previous: page.previous,
      lists: lists.map((one) => ({ id: one.id, name: one.name, contacts: one.contacts })),
      listId,
      search,
      filtered: Boolean(search || listId),
      mayEdit: allows(ctx, 'contacts.edit'),
    })
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
        ...contactRow(contact),
        firstName: contact.firstName,
        lastName: contact.lastName,
        country: contact.country,
        language: contact.language,
        consentSource: contact.consentSource?.split(':')[0] ?? null,
        consentAt: contact.consentAt?.toJSDate() ?? null,
        fields: Object.entries(contact.fields).map(([key, value]) => ({
          key,
          value: String(value),
        })),
      },
      lists: [...lists],
      suppressions: [...suppressions],
      mayEdit: allows(ctx, 'contacts.edit'),
    })
  }

  async consent(ctx: HttpContext) {
    await authorize(ctx, 'contacts.edit')
    const { consent } = await ctx.request.validateUsing(consentForm)
    const contactId = String(ctx.params.id)
    await recordConsent({ accountId: ctx.portal.account.id, contactId, consent })
    ctx.session.flash('done', 'audience.contacts.consent_saved')
    return ctx.response.redirect(`/portal/contacts/${contactId}`)
  }

  async destroy(ctx: HttpContext) {
    await authorize(ctx, 'contacts.edit')
    await deleteContact({ accountId: ctx.portal.account.id, contactId: String(ctx.params.id) })
    ctx.session.flash('done', 'audience.contacts.deleted')
    return ctx.response.redirect('/portal/contacts')
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
