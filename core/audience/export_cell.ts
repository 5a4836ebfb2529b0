/** First characters with which a spreadsheet takes text for a formula, also in their full-width form */
const FORMULA = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/

/**
 * One cell of a file that people open in a spreadsheet. What could be run as a formula gets an apostrophe in front (OWASP, CSV injection).
 */
export function exportCell(text: string, separator = ';'): string {
  const safe = FORMULA.test(text) ? `'${text}` : text
  return safe.includes(separator) || /["\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
