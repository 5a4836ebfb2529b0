import { column } from '@adonisjs/lucid/orm'
import type { DateTime } from 'luxon'
import { AccountModel } from '#core/database/account_model'
import type { Consent } from './contact.js'
import type { ColumnTarget } from '../guess_mapping.js'
import type { TextEncoding } from '../text_encoding.js'

export type ImportState = 'uploaded' | 'queued' | 'reading' | 'merging' | 'finished' | 'failed'

/** Reasons for which a row is not kept, and warnings on rows that are */
export const PROBLEM_REASONS = [
  'invalid_email',
  'invalid_phone',
  'duplicate',
  'too_long',
  'extra_cells',
  'unclear_consent',
  'unknown_country',
] as const
export type ProblemReason = (typeof PROBLEM_REASONS)[number]

/** jsonb given to the driver as text: an array would be taken for a Postgres array */
const json = { prepare: (value: unknown) => JSON.stringify(value) }

/** One file of contacts on its way in */
export default class Import extends AccountModel {
  static override table = 'imports'

  @column({ isPrimary: true })
  declare id: string

  @column()
  declare accountId: string

  @column()
  declare listId: string | null

  @column()
  declare createdBy: string | null

  /** Name that the file had on the person's machine */
  @column()
  declare fileName: string

  @column()
  declare filePath: string

  @column()
  declare bytes: bigint

  @column()
  declare encoding: TextEncoding

  @column()
  declare separator: string

  /** Headings, in the order of the file */
  @column(json)
  declare columns: string[]

  /** What each column becomes, in the order of the file */
  @column(json)
  declare mapping: ColumnTarget[]

  /** Country of phone numbers that name none */
  @column()
  declare country: string

  @column()
  declare state: ImportState

  @column()
  declare bytesRead: bigint

  @column()
  declare rows: number

  @column()
  declare created: number

  @column()
  declare updated: number

  @column()
  declare duplicates: number

  @column()
  declare invalid: number

  @column()
  declare warnings: number

  /** Consent among the rows that were kept */
  @column(json)
  declare consents: Partial<Record<Consent, number>>

  /** Error code of a failed import */
  @column()
  declare error: string | null

  @column.dateTime()
  declare createdAt: DateTime

  @column.dateTime()
  declare startedAt: DateTime | null

  @column.dateTime()
  declare finishedAt: DateTime | null
}
