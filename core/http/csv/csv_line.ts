import { exportCell } from './export_cell.js'

/** Bytes that make spreadsheets read the file as UTF-8 */
export const BYTE_ORDER_MARK = '\ufeff'

/**
 * One line of a file that people open in a spreadsheet. Text is made safe against formulas; a number is ours and stands bare.
 *
 * @param cells text, whole numbers, or null for nothing
 */
export function csvLine(cells: readonly (string | number | bigint | null)[]): string {
  return `${cells.map((cell) => (typeof cell === 'string' ? exportCell(cell) : String(cell ?? ''))).join(';')}\r\n`
}
