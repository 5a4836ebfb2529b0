import Contact from '#core/audience/models/contact'
import { mustFit } from './compile_template.js'
import type { TemplateFormat } from './compiled_template.js'
import { SAMPLE_CONTACT } from './sample_contact.js'
import { inThread } from '../threads/in_thread.js'

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
  const contact = o.contactId
    ? await Contact.in(o.account.id).where('id', o.contactId).first()
    : null
  const text = o.text?.trim() ? o.text : null
  mustFit([o.source, text ?? ''])
  return inThread({
    module: new URL('./show_template.js', import.meta.url),
    name: 'showTemplate',
    accountId: o.account.id,
    input: {
      template: { format: o.format, source: o.source, text },
      contact: contact ? variablesOf(contact) : SAMPLE_CONTACT,
      account: { name: o.account.name, address: o.account.address },
    },
  })
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
