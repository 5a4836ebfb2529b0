import { CsvRecords } from './csv_records.js'

/** Separators that spreadsheets write, the commonest in French first: it wins a draw */
const CANDIDATES = [';', ',', '\t', '|'] as const

/**
 * Finds the separator of a sample: the one that cuts the lines into the same number of cells, and into the most.
 * Quotes are respected, so a comma in "budget, 50 000" counts for nothing.
 *
 * @param sample first lines of the file
 * @returns `;` when there is one column only
 */
export function detectSeparator(sample: string): string {
  let best = { separator: ';', score: 0 }
  for (const separator of CANDIDATES) {
    const widths: number[] = []
    const records = new CsvRecords(separator, (cells) => widths.push(cells.length))
    records.push(sample)
    if (widths.length === 0) records.end()

    const heading = widths[0] ?? 1
    if (heading < 2) continue
    /** Short rows are cut off at the end, so a row says nothing against a separator unless it is longer */
    const agreeing = widths.filter((width) => width === heading).length
    const longer = widths.filter((width) => width > heading).length
    const score = (heading * (agreeing - longer)) / widths.length
    if (score > best.score) best = { separator, score }
  }
  return best.separator
}
