import { column } from '@adonisjs/lucid/orm'
import type { DateTime } from 'luxon'
import { AccountModel } from '#core/database/account_model'
import type { CampaignState } from '../lifecycle/states.js'

export default class Campaign extends AccountModel {
  @column({ isPrimary: true })
  declare id: string

  @column()
  declare accountId: string

  @column()
  declare serviceId: string

  @column()
  declare pluginId: string

  @column()
  declare channel: string

  @column()
  declare kind: 'messaging' | 'media' | 'engagement'

  @column()
  declare name: string

  @column()
  declare state: CampaignState

  @column()
  declare brief: Record<string, unknown>

  @column()
  declare listIds: string[]

  @column()
  declare quoteId: string | null

  /** Messages an hour; null is as fast as it goes */
  @column()
  declare pacePerHour: number | null

  /** Hours after its launch at which a run gives up what is not sent */
  @column()
  declare deadlineHours: number | null

  /** Hours without messages in each contact's own time, `21:00:00` */
  @column()
  declare quietFrom: string | null

  @column()
  declare quietUntil: string | null

  /** At most so many messages of the account to one contact in so many days */
  @column()
  declare capMessages: number | null

  @column()
  declare capDays: number | null

  /** Percent of the audience that go first, before the rest is looked at */
  @column()
  declare canaryPercent: number | null

  /** Whether an occurrence leaves out whom an earlier one has */
  @column()
  declare newcomersOnly: boolean

  /** Whether it asks for consent, of those who have not answered, instead of needing it */
  @column()
  declare asksConsent: boolean

  /** Whether landing pages are asked how long they are read */
  @column()
  declare measureDwell: boolean

  @column()
  declare createdBy: string | null

  @column.dateTime({ autoCreate: true })
  declare createdAt: DateTime

  @column.dateTime({ autoCreate: true, autoUpdate: true })
  declare updatedAt: DateTime
}
