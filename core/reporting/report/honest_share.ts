/** Shares are told with one decimal: nearer to all or to none than this would be rounded into a lie */
const SMALLEST = 0.001

/**
 * A share that reads 100 % only when it is all of them, and 0 % only when it is none.
 *
 * @returns between 0 and 1; null when there is no whole
 */
export function honestShare(part: number, whole: number): number | null {
  if (whole === 0) return null
  if (part === 0 || part === whole) return part / whole
  return Math.min(Math.max(part / whole, SMALLEST), 1 - SMALLEST)
}
