import type { HttpContext } from '@adonisjs/core/http'
import { allows } from '#core/access/authorize'
import Contact from '#core/audience/models/contact'
import { messageWarnings } from '../message/message_warnings.js'
import type Template from '../models/template.js'

/** Contacts to try a template on */
const PREVIEW_CONTACTS = 8

export type TypedTemplate = {
  readonly name: string
  readonly source: string
  readonly text: string
  readonly textIsCustom: boolean
  readonly version: string
}

/** What was typed into the form, whatever is wrong with it */
export function typedTemplate(input: Record<string, unknown>): TypedTemplate {
  const text = (name: string) => (typeof input[name] === 'string' ? input[name] : '')
  return {
    name: text('name'),
    source: text('source'),
    text: text('text'),
    textIsCustom: ['1', 'true', 'on'].includes(text('text_is_custom')),
    version: text('version'),
  }
}

/** The editor's page: the template as it is saved, or what was typed over it */
export async function templateModel(ctx: HttpContext, template: Template, typed?: TypedTemplate) {
  const { account } = ctx.portal
  const contacts = await Contact.in(account.id).orderBy('id', 'desc').limit(PREVIEW_CONTACTS)
  const { name, source, text, textIsCustom } = typed ?? template
  const warnings = await messageWarnings({
    account,
    sources: { source, text: textIsCustom ? text : '' },
  })
  return {
    template: {
      id: template.id,
      title: template.name,
      format: template.format,
      name,
      source,
      text,
      textIsCustom,
      archived: template.archivedAt !== null,
      hasUnsubscribe: /\blinks\b[^}%]*\bunsubscribe\b/.test(
        `${template.html ?? ''}${template.text}`
      ),
      bytes: template.html ? Buffer.byteLength(template.html) : 0,
    },
    version: template.version,
    warnings,
    problems: {},
    changed: false,
    saved: '',
    contacts: contacts.map((contact) => ({
      value: contact.id,
      label:
        [contact.firstName, contact.lastName].filter(Boolean).join(' ') ||
        contact.email ||
        contact.phone ||
        '',
    })),
    mayEdit: allows(ctx, 'templates.edit'),
  }
}
