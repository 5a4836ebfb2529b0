/** Countries that sign up, with the money they count in and the zone of their clocks */
export const COUNTRIES = {
  CI: { currency: 'XOF', timezone: 'Africa/Abidjan' },
  SN: { currency: 'XOF', timezone: 'Africa/Dakar' },
  BF: { currency: 'XOF', timezone: 'Africa/Ouagadougou' },
  ML: { currency: 'XOF', timezone: 'Africa/Bamako' },
  TG: { currency: 'XOF', timezone: 'Africa/Lome' },
  BJ: { currency: 'XOF', timezone: 'Africa/Porto-Novo' },
  NE: { currency: 'XOF', timezone: 'Africa/Niamey' },
  GW: { currency: 'XOF', timezone: 'Africa/Bissau' },
  CM: { currency: 'XAF', timezone: 'Africa/Douala' },
  GA: { currency: 'XAF', timezone: 'Africa/Libreville' },
  CG: { currency: 'XAF', timezone: 'Africa/Brazzaville' },
  TD: { currency: 'XAF', timezone: 'Africa/Ndjamena' },
  CF: { currency: 'XAF', timezone: 'Africa/Bangui' },
  GQ: { currency: 'XAF', timezone: 'Africa/Malabo' },
} as const

export type Country = keyof typeof COUNTRIES

/** Names of the countries in a language, in its alphabetical order */
export function countryOptions(locale: string): { value: Country; label: string }[] {
  const names = new Intl.DisplayNames([locale], { type: 'region' })
  return (Object.keys(COUNTRIES) as Country[])
    .map((value) => ({ value, label: names.of(value) ?? value }))
    .sort((a, b) => a.label.localeCompare(b.label, locale))
}
