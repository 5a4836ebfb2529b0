import { isUuid } from '#core/database/uuid'
import db from '@adonisjs/lucid/services/db'
import type { Actor } from '#core/database/actor'
import { compileTemplate } from './compile_template.js'
import type { TemplateFormat } from './compiled_template.js'
import { TemplateChangedError, TemplateNotFoundError } from '../errors.js'
import Template from '../models/template.js'

/**
 * Saves a new template, or a new version of one. Campaigns that were launched keep what they froze.
 *
 * @param o.id template to replace; a new one when absent
 * @param o.text text part written by hand; made from the HTML when absent or empty
 * @throws TemplateInvalidError with the line; nothing is saved
 * @param o.version what the page showed that was edited; not looked at when absent
 * @throws TemplateNotFoundError
 * @throws TemplateChangedError when something else stands there by now
 */
export async function saveTemplate(o: {
  accountId: string
  id?: string
  name: string
  format: TemplateFormat
  source: string
  text?: string | null
  version?: string | null
  by: Actor
}): Promise<Template> {
  const custom = o.text?.trim() ? o.text : null
  const compiled = await compileTemplate({
    accountId: o.accountId,
    format: o.format,
    source: o.source,
    text: custom,
  })
  const values = {
    name: o.name,
    format: o.format,
    source: o.source,
    html: compiled.html,
    text: compiled.text,
    textIsCustom: custom !== null,
  }
  if (!o.id)
    return Template.create({
      accountId: o.accountId,
      createdBy: o.by.kind === 'user' ? o.by.id : null,
      ...values,
    })

  const { id } = await findTemplate(o.accountId, o.id)
  return db.transaction(async (trx) => {
    const template = await Template.in(o.accountId, { client: trx })
      .where('id', id)
      .forUpdate()
      .firstOrFail()
    if (o.version && o.version !== template.version)
      throw new TemplateChangedError('Somebody saved another version')
    return template.merge(values).save()
  })
}

/**
 * A template of an account.
 * @throws TemplateNotFoundError
 */
export async function findTemplate(accountId: string, id: string): Promise<Template> {
  const template = isUuid(id) ? await Template.in(accountId).where('id', id).first() : null
  if (!template) throw new TemplateNotFoundError('No such template')
  return template
}
