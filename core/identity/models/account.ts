import { BaseModel, column } from '@adonisjs/lucid/orm'
import type { DateTime } from 'luxon'

/** A client company: the tenant */
export default class Account extends BaseModel {
  @column({ isPrimary: true })
  declare id: string

  @column()
  declare name: string

  /** ISO 3166 alpha-2 */
  @column()
  declare country: string

  /** ISO 4217 */
  @column()
  declare currency: string

  @column()
  declare locale: string

  /** IANA name */
  @column()
  declare timezone: string

  /** Postal address; the law asks for it in commercial messages */
  @column()
  declare address: string

  /** Hours without messages of this account, in each contact's own time: `21:00:00` */
  @column()
  declare quietFrom: string | null

  @column()
  declare quietUntil: string | null

  /** At most so many messages of this account to one contact in so many days */
  @column()
  declare capMessages: number | null

  @column()
  declare capDays: number | null

  @column()
  declare status: 'active' | 'suspended'

  @column.dateTime({ autoCreate: true })
  declare createdAt: DateTime

  @column.dateTime({ autoCreate: true, autoUpdate: true })
  declare updatedAt: DateTime
}
