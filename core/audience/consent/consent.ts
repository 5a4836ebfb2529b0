import type { Consent } from '../models/contact.js'

const GRANTED = new Set(['oui', 'o', 'yes', 'y', 'true', 'vrai', '1', 'granted', 'accord'])
const REFUSED = new Set(['non', 'no', 'n', 'false', 'faux', '0', 'refused', 'refus'])

/**
 * Reads a consent cell, in any case.
 *
 * @returns null for words that say neither yes nor no: the person counts as never asked, and the row is named
 */
export function readConsent(cell: string): Consent | null {
  const word = cell.trim().toLowerCase()
  if (word === '') return 'unknown'
  if (GRANTED.has(word)) return 'granted'
  if (REFUSED.has(word)) return 'refused'
  return word === 'unknown' || word === 'inconnu' ? 'unknown' : null
}
