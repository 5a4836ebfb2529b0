import Contact from '#core/audience/models/contact'
import { compileContent } from './compile_content.js'
import { compileTemplate, type TemplateFormat } from './compile_template.js'
import { rewriteHtml } from './rewrite_html.js'
import { SAMPLE_CONTACT } from './sample_contact.js'

export type TemplatePreview = { readonly html: string | null; readonly text: string }

/**
 * Shows a template as one person would receive it, without saving anything. Its links lead nowhere that records.
 *
 * @param o.contactId a contact of the account; a person who does not exist when absent or unknown
 * @throws TemplateInvalidError with the line
 */
export async function previewTemplate(o: {
  account: { readonly id: string; readonly name: string; readonly address: string }
  format: TemplateFormat
  source: string
  text?: string | null
  contactId: string | null
}): Promise<TemplatePreview> {
  const compiled = await compileTemplate({
    format: o.format,
    source: o.source,
    text: o.text?.trim() ? o.text : null,
  })
  const contact = o.contactId
    ? await Contact.in(o.account.id).where('id', o.contactId).first()
    : null

  const parts = {
    text: { as: 'text' as const, source: compiled.text },
    ...(compiled.html === null ? {} : { html: { as: 'html' as const, source: compiled.html } }),
  }
  const rendered = compileContent({ parts }).render({
    contact: contact ? variablesOf(contact) : SAMPLE_CONTACT,
    account: { name: o.account.name, address: o.account.address },
    campaign: { name: '', subject: '' },
    links: { unsubscribe: '#', web_view: '#', preferences: '#' },
    tracking: { link: () => '#', pixel: null, hidden: null },
  })
  /** What Liquid put together is cleaned once more: this page is on our own address */
  return {
    html: rendered.html === undefined ? null : await rewriteHtml(rendered.html),
    text: rendered.text ?? '',
  }
}

/** The contact as templates know it: own fields never hide those that everybody has */
export function variablesOf(contact: Contact): Record<string, unknown> {
  const { firstName, lastName, email, phone, city, country, language } = contact
  const common = {
    first_name: firstName,
    last_name: lastName,
    email,
    phone,
    city,
    country,
    language,
  }
  return {
    ...contact.fields,
    ...Object.fromEntries(Object.entries(common).filter(([, value]) => value !== null)),
  }
}
