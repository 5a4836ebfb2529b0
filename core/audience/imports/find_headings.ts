import { normaliseEmail } from '../addresses/email_address.js'
import { namesAddress } from './guess_mapping.js'

/** Titles and notes above the headings; a file that has more is not a table */
const MOST_ABOVE = 20

/**
 * Finds the row of headings in the first rows of a file: titles may stand above it.
 *
 * @param rows first rows that are not empty
 * @param width cells of a usual row
 * @returns its index; -1 when the file begins with a person and has no headings
 */
export function findHeadings(rows: readonly (readonly string[])[], width: number): number {
  const first = rows.slice(0, MOST_ABOVE).findIndex((row) => row.some(isAddress))
  const above = first < 0 ? rows.slice(0, MOST_ABOVE) : rows.slice(0, first)
  if (above.length === 0) return rows.length === 0 ? 0 : -1

  const named = above.findIndex((row) => row.some(namesAddress) && (width < 2 || row.length > 1))
  if (named >= 0) return named
  const wide = above.findIndex((row) => filled(row) >= Math.max(2, Math.ceil(width / 2)))
  if (wide >= 0) return wide
  /** A title above people: nothing names the columns */
  return first > 0 && width > 1 ? -1 : 0
}

function isAddress(cell: string): boolean {
  return normaliseEmail(cell.trim()) !== null
}

function filled(row: readonly string[]): number {
  return row.filter((cell) => cell.trim() !== '').length
}
