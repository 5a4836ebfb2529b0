import { getCountries } from 'libphonenumber-js/max'

/** Names of countries in French and English → ISO 3166 alpha-2, from the tables that Node carries */
const BY_NAME: ReadonlyMap<string, string> = readNames()

/** Countries that numbers may be from when they do not say: those that libphonenumber knows */
export const COUNTRY_CODES: readonly string[] = getCountries()

/** Names of the countries in a language, in its alphabetical order */
export function phoneCountryOptions(locale: string): { value: string; label: string }[] {
  const names = new Intl.DisplayNames([locale], { type: 'region' })
  return COUNTRY_CODES.map((value) => ({ value, label: names.of(value) ?? value })).sort((a, b) =>
    a.label.localeCompare(b.label, locale)
  )
}

/**
 * Reads a country cell: a code (`CI`) or a name in French or English, with or without case and accents.
 *
 * @returns ISO 3166 alpha-2, '' when there is none
 */
export function readCountry(cell: string): string {
  return cell ? (BY_NAME.get(plain(cell)) ?? '') : ''
}

function readNames() {
  const names = new Map<string, string>([
    ['cote divoire', 'CI'],
    ['ivory coast', 'CI'],
    ['rci', 'CI'],
    ['cabo verde', 'CV'],
    ['rdc', 'CD'],
    ['congo', 'CG'],
    ['guinee conakry', 'GN'],
    ['usa', 'US'],
  ])
  const tables = ['fr', 'en'].map(
    (locale) => new Intl.DisplayNames(locale, { type: 'region', fallback: 'none' })
  )
  for (let first = 65; first <= 90; first++) {
    for (let second = 65; second <= 90; second++) {
      const code = String.fromCharCode(first, second)
      const found = tables.map((table) => table.of(code))
      if (!found[0] || ['EU', 'EZ', 'UN', 'XA', 'XB', 'ZZ', 'QO'].includes(code)) continue
      /** Old codes such as FX have the name of a newer one, which comes first */
      for (const name of [...found, code])
        if (name && !names.has(plain(name))) names.set(plain(name), code)
    }
  }
  return names
}

function plain(name: string): string {
  return name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[’'.]/g, '')
    .replace(/[\s-]+/g, ' ')
    .trim()
    .toLowerCase()
}
