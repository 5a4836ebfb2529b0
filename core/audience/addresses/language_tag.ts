const NAMES: Readonly<Record<string, string>> = {
  français: 'fr',
  francais: 'fr',
  french: 'fr',
  anglais: 'en',
  english: 'en',
  arabe: 'ar',
  arabic: 'ar',
  portugais: 'pt',
  portuguese: 'pt',
  espagnol: 'es',
  spanish: 'es',
  wolof: 'wo',
  bambara: 'bm',
  dioula: 'dyu',
}

/**
 * Reads a language cell: a BCP 47 tag or a name in French or English.
 *
 * @returns the canonical tag, '' when there is none
 */
export function readLanguage(cell: string): string {
  if (!cell) return ''
  const word = cell.toLowerCase()
  if (NAMES[word]) return NAMES[word]
  if (!/^[a-z]{2,3}([_-][a-z0-9]{2,8})*$/.test(word)) return ''
  try {
    return Intl.getCanonicalLocales(word.replaceAll('_', '-'))[0] ?? ''
  } catch {
    return ''
  }
}
