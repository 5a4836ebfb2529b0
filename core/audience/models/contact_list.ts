import { column } from '@adonisjs/lucid/orm'
import type { DateTime } from 'luxon'
import { AccountModel } from '#core/database/account_model'

/** A named set of contacts. A contact may stand in several */
export default class ContactList extends AccountModel {
  static override table = 'contact_lists'

  @column({ isPrimary: true })
  declare id: string

  @column()
  declare accountId: string

  @column()
  declare name: string

  @column.dateTime()
  declare createdAt: DateTime

  @column.dateTime()
  declare updatedAt: DateTime
}
