import { column } from '@adonisjs/lucid/orm'
import type { DateTime } from 'luxon'
import { AccountModel } from '#core/database/account_model'

/** `granted` alone is written to; `unknown` is a person who was never asked */
export type Consent = 'granted' | 'refused' | 'unknown'

/** A person whom an account may want to reach. Has an e-mail address, a phone number or both */
export default class Contact extends AccountModel {
  static override table = 'contacts'

  @column({ isPrimary: true })
  declare id: string

  @column()
  declare accountId: string

  /** Lower-case, domain in its ASCII form */
  @column()
  declare email: string | null

  /** E.164, with the plus */
  @column()
  declare phone: string | null

  @column()
  declare firstName: string | null

  @column()
  declare lastName: string | null

  @column()
  declare city: string | null

  /** ISO 3166 alpha-2 */
  @column()
  declare country: string | null

  /** BCP 47 tag */
  @column()
  declare language: string | null

  /** The account's own fields: key → text as it was given */
  @column()
  declare fields: Record<string, string>

  @column()
  declare consent: Consent

  /** Where the consent comes from: `import:<id>`, `declaration:<id>`, `portal` */
  @column()
  declare consentSource: string | null

  @column.dateTime()
  declare consentAt: DateTime | null

  @column.dateTime()
  declare createdAt: DateTime

  @column.dateTime()
  declare updatedAt: DateTime
}
