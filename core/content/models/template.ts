import { createHash } from 'node:crypto'
import { column } from '@adonisjs/lucid/orm'
import type { DateTime } from 'luxon'
import { AccountModel } from '#core/database/account_model'
import type { TemplateFormat } from '../templates/compiled_template.js'

/** The body of messages: what the client wrote, and what was compiled from it */
export default class Template extends AccountModel {
  @column({ isPrimary: true })
  declare id: string

  @column()
  declare accountId: string

  @column()
  declare name: string

  @column()
  declare format: TemplateFormat

  @column()
  declare source: string

  @column()
  declare html: string | null

  @column()
  declare text: string

  /** Whether somebody wrote the text part by hand; it is then kept */
  @column()
  declare textIsCustom: boolean

  @column.dateTime()
  declare archivedAt: DateTime | null

  @column()
  declare createdBy: string | null

  @column.dateTime({ autoCreate: true })
  declare createdAt: DateTime

  @column.dateTime({ autoCreate: true, autoUpdate: true })
  declare updatedAt: DateTime

  /** Names what stands here now: a form that was opened on something else must not replace it unseen */
  get version(): string {
    const parts = [this.name, this.source, this.textIsCustom ? this.text : '']
    return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22)
  }
}
