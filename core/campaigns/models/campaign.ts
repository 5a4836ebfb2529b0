import { column } from '@adonisjs/lucid/orm'
import type { DateTime } from 'luxon'
import { AccountModel } from '#core/database/account_model'
import type { CampaignState } from '../states.js'

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

  @column.dateTime()
  declare startAt: DateTime | null

  @column()
  declare quoteId: string | null

  @column()
  declare createdBy: string | null

  @column.dateTime({ autoCreate: true })
  declare createdAt: DateTime

  @column.dateTime({ autoCreate: true, autoUpdate: true })
  declare updatedAt: DateTime
}
