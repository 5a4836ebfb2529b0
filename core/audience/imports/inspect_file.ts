import { open, stat } from 'node:fs/promises'
import { CsvRecords } from './csv_records.js'
import { detectSeparator } from './detect_separator.js'
import { findHeadings } from './find_headings.js'
import { detectLineEnds, RowEnds, type LineEnds } from './line_ends.js'
import { FileEmptyError, FileHeadingsOnlyError, FileNotTextError } from '../errors.js'
import { guessMapping, type ColumnTarget } from './guess_mapping.js'
import { detectEncoding, textDecoder, type TextEncoding } from './text_encoding.js'

export type InspectedFile = {
  readonly bytes: number
  readonly encoding: TextEncoding
  readonly separator: string
  readonly headings: readonly string[]
  /** What each column probably is */
  readonly mapping: readonly ColumnTarget[]
  readonly lineEnds: LineEnds
  /** The line of the headings, from 1. What stands above it is no row. 0 when every line is one */
  readonly headingLine: number
  /** The first line is a person, and nothing names the columns */
  readonly hasHeadings: boolean
  /** Titles above the headings, which are left out */
  readonly linesAbove: number
  /** First rows, for the preview */
  readonly rows: readonly (readonly string[])[]
}

const SAMPLE_BYTES = 256 * 1024
const PREVIEW_ROWS = 10
/** Rows by which headings, and columns without, are recognised */
const SAMPLE_ROWS = 60
const MAX_COLUMNS = 300
/** First bytes of what people upload by mistake: workbooks and archives, old workbooks, PDF, pictures, gzip */
const NOT_TEXT = ['504b0304', 'd0cf11e0', '25504446', '89504e47', 'ffd8ff', '1f8b08']

/**
 * Reads the beginning of a file of contacts: how it is written, its headings, its first rows.
 *
 * @throws FileEmptyError when there is no line at all
 * @throws FileHeadingsOnlyError when nobody stands below the headings
 * @throws FileNotTextError when it is a workbook or something else that is not text
 */
export async function inspectFile(path: string): Promise<InspectedFile> {
  const { size } = await stat(path)
  const sample = await firstBytes(path)
  if (NOT_TEXT.some((bytes) => sample.toString('hex', 0, 4).startsWith(bytes)))
    throw new FileNotTextError()

  const encoding = await detectEncoding(path)
  const text = storable(textDecoder(encoding).write(sample))
  const { separator, width, hinted } = detectSeparator(text)
  const lineEnds = await detectLineEnds({ path, encoding, separator, width })
  const records = firstRecords({ text, separator, width, lineEnds, whole: sample.length === size })
  if (hinted) records.shift()
  if (records.length === 0) throw new FileEmptyError()

  const at = findHeadings(
    records.map((record) => record.cells),
    width
  )
  const rows = records.slice(at + 1).map((record) => record.cells)
  if (rows.length === 0) throw new FileHeadingsOnlyError()
  const columns = Math.min(
    MAX_COLUMNS,
    at < 0 ? Math.max(...rows.map((row) => row.length)) : (records[at]?.cells.length ?? 0)
  )
  const headings = Array.from({ length: columns }, (_, index) =>
    at < 0 ? '' : (records[at]?.cells[index] ?? '').trim().slice(0, 120)
  )
  return {
    bytes: size,
    encoding,
    separator,
    lineEnds,
    headings,
    headingLine: at < 0 ? (hinted ? 1 : 0) : (records[at]?.line ?? 1),
    hasHeadings: at >= 0,
    linesAbove: Math.max(0, at),
    mapping: guessMapping(headings, rows),
    rows: rows
      .slice(0, PREVIEW_ROWS)
      .map((row) => headings.map((_, index) => (row[index] ?? '').trim().slice(0, 200))),
  }
}

/** A zero byte can be stored nowhere */
export function storable(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\ufffd') : text
}

type FirstRecord = { readonly cells: string[]; readonly line: number }

/** Records of the sample that are not empty. The last one is left out when the sample may have cut it */
function firstRecords(o: {
  text: string
  separator: string
  width: number
  lineEnds: LineEnds
  whole: boolean
}): FirstRecord[] {
  const found: FirstRecord[] = []
  const rowEnds = new RowEnds(o.lineEnds)
  const reader = new CsvRecords({
    separator: o.separator,
    width: o.width,
    onRecord(cells, _flaw, line) {
      if (found.length < SAMPLE_ROWS && cells.some((cell) => cell.trim() !== ''))
        found.push({ cells: rowEnds.restore(cells.slice(0, MAX_COLUMNS)), line })
    },
  })
  reader.push(rowEnds.write(o.text))
  if (o.whole || found.length < 2) {
    reader.push(rowEnds.end())
    reader.end()
  }
  return found
}

async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SAMPLE_BYTES), 0, SAMPLE_BYTES, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}
