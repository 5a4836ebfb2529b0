/** What a spreadsheet takes for the beginning of a formula, also in the full-width forms (OWASP, CSV injection) */
const SIGNS = '=+\\-@\\uff1d\\uff0b\\uff0d\\uff20'
/** After what may part cells where the file is opened with other settings */
const INNER = new RegExp(`([;,|\\t\\r\\n][ "]*)('*)(?=[${SIGNS}])`, 'g')
const GUARDED_INNER = new RegExp(`([;,|\\t\\r\\n][ "]*)'('*)(?=[${SIGNS}])`, 'g')
const START = new RegExp(`^([ "]*)('*)(?=[${SIGNS}\\t\\r])`)
const GUARDED_START = new RegExp(`^([ "]*)'('*)(?=[${SIGNS}\\t\\r])`)

/**
 * One cell of a file that people open in a spreadsheet. What could be run as a formula gets an apostrophe in front;
 * {@link unguardCell} takes it off again.
 */
export function exportCell(text: string, separator = ';'): string {
  const safe = text.replace(INNER, "$1'$2").replace(START, "$1'$2")
  return safe.includes(separator) || /["\r\n]/.test(safe) || safe.trim() !== safe
    ? `"${safe.replaceAll('"', '""')}"`
    : safe
}

/** The text of a cell as it was before {@link exportCell} guarded it: exports come back as they were */
export function unguardCell(text: string): string {
  return text.includes("'")
    ? text.replace(GUARDED_START, '$1$2').replace(GUARDED_INNER, '$1$2')
    : text
}
