import { BaseModel, column } from '@adonisjs/lucid/orm'
import type { Text } from '@griot/sdk'
import type { DateTime } from 'luxon'

/** A channel as the operator sells it */
export default class Service extends BaseModel {
  @column({ isPrimary: true })
  declare id: string

  @column()
  declare channel: string

  @column()
  declare pluginId: string

  @column()
  declare slug: string

  @column()
  declare title: Text

  @column()
  declare description: Text

  @column()
  declare status: 'draft' | 'published'

  @column()
  declare position: number

  @column.dateTime({ autoCreate: true })
  declare createdAt: DateTime

  @column.dateTime({ autoCreate: true, autoUpdate: true })
  declare updatedAt: DateTime
}
