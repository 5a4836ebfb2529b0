import { column } from '@adonisjs/lucid/orm'
import type { DateTime } from 'luxon'
import { AccountModel } from '#core/database/account_model'

export const SUPPRESSION_REASONS = ['unsubscribed', 'bounced', 'complained', 'manual'] as const
export type SuppressionReason = (typeof SUPPRESSION_REASONS)[number]

/** An address that must not be written to again, whatever list it stands in */
export default class Suppression extends AccountModel {
  static override table = 'suppressions'

  @column({ isPrimary: true })
  declare id: string

  @column()
  declare accountId: string

  /** E-mail address or phone number, normalised as contacts are */
  @column()
  declare address: string

  @column()
  declare reason: SuppressionReason

  /** What brought it: `campaign:<id>`, `portal`, `receipt` */
  @column()
  declare source: string

  @column.dateTime()
  declare createdAt: DateTime
}
