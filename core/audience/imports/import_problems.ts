import { sql } from '#core/database/sql'
import { BYTE_ORDER_MARK, csvLine } from '#core/http/csv/csv_line'
import type Import from '../models/import.js'
import { type ProblemReason } from '../models/import.js'

export type ImportProblem = {
  /** Rows from the top of the file, the first is 1 */
  readonly record: number
  /** The line of the file that it begins on, from 1 */
  readonly line: number
  readonly reason: ProblemReason
  readonly field: string
  readonly cells: readonly string[]
}

/** Rows read at a time for the file */
const BATCH = 2_000

/**
 * Problem rows of an import, in the order of the file.
 *
 * @param o.after record number to begin after
 */
export async function importProblems(o: {
  importId: string
  after?: number
  limit: number
}): Promise<ImportProblem[]> {
  return sql<ImportProblem>(
    `select record, line, reason, field, cells from import_problems where import_id = $1::uuid
      and record > $2 order by record, reason limit $3`,
    [o.importId, o.after ?? 0, o.limit]
  )
}

/**
 * The problem rows as a file that a spreadsheet opens: record number, reason in words, then the cells as they came.
 *
 * @param o.words the words of a heading or a reason, in the person's language
 * @returns pieces of text; the first begins with a byte-order mark
 */
export async function* problemsFile(o: {
  row: Import
  words: (key: string) => string
}): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK + csvLine([o.words('record'), o.words('reason'), ...o.row.columns])

  let after = 0
  for (;;) {
    const rows = await importProblems({ importId: o.row.id, after, limit: BATCH })
    if (rows.length === 0) return
    /** A record may have two rows: they must not be parted by the batch */
    const whole =
      rows.length < BATCH ? rows : rows.filter((row) => row.record !== rows.at(-1)?.record)
    yield whole
      .map((row) => csvLine([row.line, o.words(`reasons.${row.reason}`), ...row.cells]))
      .join('')
    after = whole.at(-1)?.record ?? Number.MAX_SAFE_INTEGER
    if (rows.length < BATCH) return
  }
}
