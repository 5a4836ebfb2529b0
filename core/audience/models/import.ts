import { column } from '@adonisjs/lucid/orm'
import type { DateTime } from 'luxon'
import { AccountModel } from '#core/database/account_model'
import type { Consent } from './contact.js'
import type { ColumnTarget } from '../imports/guess_mapping.js'
import type { LineEnds } from '../imports/line_ends.js'
import type { TextEncoding } from '../imports/text_encoding.js'

export type ImportState = 'uploaded' | 'queued' | 'reading' | 'merging' | 'finished' | 'failed'

/** Reasons for which a row is not kept, and warnings on rows that are */
export const PROBLEM_REASONS = [
  'invalid_email',
  'invalid_phone',
  'duplicate',
  'too_long',
  'unclosed_quote',
  'wrong_letter',
  'extra_cells',
  'unclear_consent',
  'unknown_country',
  'cell_cut',
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

  /** What ends its rows, decided for the whole file */
  @column()
  declare lineEnds: LineEnds

  /** The line of the headings, from 1; what stands above is no row. 0 when every line is one */
  @column()
  declare headingLine: number

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

  /** What was said of everybody of whom the file says nothing; null when nothing was */
  @column()
  declare declarationId: string | null

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
