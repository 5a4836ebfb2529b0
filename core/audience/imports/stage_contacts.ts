import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { CsvRecords, type RecordFlaw } from './csv_records.js'
import type { ColumnTarget } from './guess_mapping.js'
import { storable } from './inspect_file.js'
import { RowEnds, type LineEnds } from './line_ends.js'
import { contactReader, unreadContact, type ReadContact } from './read_contact.js'
import { textDecoder, type TextEncoding } from './text_encoding.js'

export type StagingProgress = { readonly bytesRead: number; readonly rows: number }

/** Between the cells of a row that is kept as it came; a control character that no file means */
export const CELL_MARK = '\u001f'

const READ_BYTES = 256 * 1024
/** Cells of a row as shown among the problems */
const MAX_SHOWN_CELLS = 300

/**
 * Reads a file and copies its rows into the temporary table `import_rows` of this connection, whatever they are
 * worth. Holds one piece of the file at a time: memory does not grow with the file.
 *
 * @param o.file.headingLine the line of the headings, from 1; 0 when there are none. What stands above is no row
 * @param o.client a connection of its own; the table goes with it, so a killed import leaves nothing behind
 * @param o.onProgress called after each piece of the file
 * @returns bytes and rows read; headings, what stands above them and rows of empty cells not counted
 */
export async function stageContacts(o: {
  client: pg.ClientBase
  file: {
    path: string
    encoding: TextEncoding
    separator: string
    lineEnds: LineEnds
    headingLine: number
  }
  mapping: readonly ColumnTarget[]
  country: string
  signal?: AbortSignal | undefined
  onProgress: (progress: StagingProgress) => Promise<void>
}): Promise<StagingProgress> {
  await o.client.query(`drop table if exists import_rows`)
  await o.client.query(
    `create temp table import_rows (
       record integer not null, line integer not null, email text, phone text, first_name text,
         last_name text, city text, country text,
       language text, consent text, fields text, problem text, warning text, at text, cells text)`
  )
  const copy = o.client.query(copyFrom(`copy import_rows from stdin with (format text, null '')`))

  const read = contactReader({ mapping: o.mapping, country: o.country })
  let progress: StagingProgress = { bytesRead: 0, rows: 0 }
  /** A forgotten quote spoils no person: what it was put before is read without it, and the row is named */
  const readRecord = (cells: readonly string[], flaw: RecordFlaw | null): ReadContact => {
    if (flaw === 'too_long') return unreadContact(flaw)
    if (flaw === null) return read(cells)
    const row = read(cells.map((cell) => cell.replace(/^\s*"/, '')))
    return { ...row, warning: row.problem ? null : flaw }
  }
  const rowEnds = new RowEnds(o.file.lineEnds)
  let lines = ''
  let record = 0
  let rows = 0
  const records = new CsvRecords({
    separator: o.file.separator,
    width: o.mapping.length,
    onRecord(raw, flaw, line) {
      record++
      if (line <= o.file.headingLine || raw.every(isEmpty)) return
      rows++
      const cells = rowEnds.restore(raw)
      lines += copyLine(record, line, cells, readRecord(cells, flaw))
    },
  })

  async function* copyLines() {
    const decoder = textDecoder(o.file.encoding)
    const file = createReadStream(o.file.path, { highWaterMark: READ_BYTES })
    for await (const bytes of file as AsyncIterable<Buffer>) {
      o.signal?.throwIfAborted()
      records.push(rowEnds.write(storable(decoder.write(bytes))))
      if (lines) yield lines
      lines = ''
      progress = { bytesRead: progress.bytesRead + bytes.length, rows }
      await o.onProgress(progress)
    }
    records.push(rowEnds.write(storable(decoder.end())) + rowEnds.end())
    records.end()
    if (lines) yield lines
  }
  await pipeline(copyLines, copy)
  return { ...progress, rows }
}

/** A line of COPY's text format: tabs between the values, nothing for null */
function copyLine(
  record: number,
  line: number,
  cells: readonly string[],
  row: ReadContact
): string {
  const whole =
    cells.length > MAX_SHOWN_CELLS
      ? cells.slice(0, MAX_SHOWN_CELLS).join(CELL_MARK)
      : cells.join(CELL_MARK)
  const values =
    `${row.email}\t${row.phone}\t${escape(row.firstName)}\t${escape(row.lastName)}\t${escape(row.city)}\t${row.country}\t${row.language}\t` +
    `${row.consent}\t${escape(row.fields)}\t${row.problem ?? ''}\t${row.warning ?? ''}\t${row.at}\t${escape(whole)}`
  return `${record}\t${line}\t${values}\n`
}

const SPECIAL = /[\\\n\r\t]/
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

function escape(text: string): string {
  return SPECIAL.test(text) ? text.replace(/[\\\n\r\t]/g, (character) => ESCAPES[character]!) : text
}

function isEmpty(cell: string): boolean {
  return cell.trim() === ''
}
