import { open, stat } from 'node:fs/promises'
import { CsvRecords } from './csv_records.js'
import { detectSeparator } from './detect_separator.js'
import { FileEmptyError, FileNotTextError } from './errors.js'
import { guessMapping, type ColumnTarget } from './guess_mapping.js'
import { normaliseEmail } from './email_address.js'
import { detectEncoding, textDecoder, type TextEncoding } from './text_encoding.js'

export type InspectedFile = {
  readonly bytes: number
  readonly encoding: TextEncoding
  readonly separator: string
  readonly headings: readonly string[]
  /** What each column probably is */
  readonly mapping: readonly ColumnTarget[]
  /** First rows, for the preview */
  readonly rows: readonly (readonly string[])[]
  /** The first line has an address in it: the file has no heading, and that person would be lost */
  readonly headingLooksLikeData: boolean
}

const SAMPLE_BYTES = 256 * 1024
const PREVIEW_ROWS = 10
const MAX_COLUMNS = 300
/** First bytes of what people upload by mistake: workbooks and archives, old workbooks, PDF, pictures, gzip */
const NOT_TEXT = ['504b0304', 'd0cf11e0', '25504446', '89504e47', 'ffd8ff', '1f8b08']

/**
 * Reads the beginning of a file of contacts: how it is written, its headings, its first rows.
 *
 * @throws FileEmptyError when there is no line at all
 * @throws FileNotTextError when it is a workbook or something else that is not text
 */
export async function inspectFile(path: string): Promise<InspectedFile> {
  const { size } = await stat(path)
  const sample = await firstBytes(path)
  if (NOT_TEXT.some((bytes) => sample.toString('hex', 0, 4).startsWith(bytes)))
    throw new FileNotTextError()

  const encoding = await detectEncoding(path)
  const text = cleanText(textDecoder(encoding).write(sample))
  const separator = detectSeparator(text)

  const records: string[][] = []
  const reader = new CsvRecords(separator, (cells) => {
    if (records.length <= PREVIEW_ROWS) records.push(cells.slice(0, MAX_COLUMNS))
  })
  reader.push(text)
  if (records.length <= PREVIEW_ROWS) reader.end()

  const [first, ...rows] = records
  if (!first) throw new FileEmptyError()
  const headings = first.map((heading) => heading.trim().slice(0, 120))
  return {
    bytes: size,
    encoding,
    separator,
    headings,
    mapping: guessMapping(headings),
    rows: rows
      .slice(0, PREVIEW_ROWS)
      .map((row) => headings.map((_, index) => (row[index] ?? '').slice(0, 200))),
    headingLooksLikeData: headings.some((heading) => normaliseEmail(heading) !== null),
  }
}

/**
 * Old Macintosh files end lines with CR alone; a zero byte can be stored nowhere.
 *
 * @param text a piece of the file. A piece that has no LF at all and some CR is taken for one of those files
 */
export function cleanText(text: string): string {
  const clean = text.includes('\0') ? text.replaceAll('\0', '\ufffd') : text
  return clean.includes('\n') || !clean.includes('\r') ? clean : clean.replaceAll('\r', '\n')
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
