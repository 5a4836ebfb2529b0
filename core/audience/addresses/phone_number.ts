import parsePhoneNumber, {
  getCountries,
  getCountryCallingCode,
  isSupportedCountry,
  type CountryCode,
} from 'libphonenumber-js/max'
import { Metadata } from 'libphonenumber-js/core'
import metadata from 'libphonenumber-js/max/metadata'

/** What the library's own types leave out of a numbering plan */
type NumberingPlan = {
  type(name: string): { pattern(): string } | undefined
}

const KINDS = [
  'FIXED_LINE',
  'MOBILE',
  'TOLL_FREE',
  'PREMIUM_RATE',
  'PERSONAL_NUMBER',
  'VOICEMAIL',
  'UAN',
  'PAGER',
  'VOIP',
  'SHARED_COST',
]

/** Calling codes of one country only, with what its numbers look like. Built once: 200 codes, 2 ms */
const PLANS: ReadonlyMap<string, RegExp> = readPlans()

/**
 * Makes a reader of phone numbers as people write them: `+225 07…`, `00225 07…`, `(+225) 07…` or the national form.
 *
 * The library takes 15 to 40 µs a number, a million rows half a minute. So a number of a country that shares its
 * calling code with none is checked by that country's own pattern, taken from the library (0.5 µs), and only the
 * others go through the library. Both give the same answers (tests/unit/audience/addresses/phone_number.spec.ts).
 *
 * @param country ISO 3166 alpha-2 of numbers that name no country
 * @returns a function that gives the number in E.164, or null when it cannot be called
 */
export function phoneReader(country: string): (text: string) => string | null {
  const home = isSupportedCountry(country) ? country : undefined
  const homeCode = home ? getCountryCallingCode(home) : ''
  const homePlan = PLANS.get(homeCode)

  return (text) => {
    const trimmed = text.trim()
    if (!trimmed || trimmed.length > 40) return null

    const international = /^[\s(]*(?:\+|00)/.test(trimmed)
    const digits = trimmed.replace(/[\s().\-/\u00a0\u202f\u2010-\u2015+]/g, '')
    if (!/^\d{6,17}$/.test(digits)) return slow(trimmed, home)

    if (!international) {
      if (homePlan?.test(digits)) return `+${homeCode}${digits}`
      return slow(digits, home)
    }
    const number = trimmed.includes('+') ? digits : digits.slice(2)
    for (let length = 1; length <= 3; length++) {
      const plan = PLANS.get(number.slice(0, length))
      if (plan?.test(number.slice(length))) return `+${number}`
    }
    return slow(`+${number}`, home)
  }
}

function slow(text: string, home: CountryCode | undefined): string | null {
  const parsed = parsePhoneNumber(text, {
    ...(home ? { defaultCountry: home } : {}),
    extract: false,
  })
  return parsed?.isValid() && !parsed.ext ? parsed.number : null
}

function readPlans() {
  const plans = new Map<string, RegExp>()
  const shared = new Set<string>()
  for (const country of getCountries()) {
    const code = getCountryCallingCode(country)
    if (plans.has(code) || shared.has(code)) {
      plans.delete(code)
      shared.add(code)
      continue
    }
    const data = new Metadata(metadata)
    data.selectNumberingPlan(country)
    const plan = data.numberingPlan as unknown as NumberingPlan
    const patterns = KINDS.flatMap((kind) => plan.type(kind)?.pattern() ?? [])
    plans.set(code, new RegExp(`^(?:${patterns.join('|')})$`))
  }
  return plans
}

/** Country of an E.164 number by its calling code; '' when several countries share it or none has it */
export function countryOfPhone(phone: string): string {
  for (let length = 1; length <= 3; length++) {
    const country = COUNTRIES.get(phone.slice(1, 1 + length))
    if (country) return country
  }
  return parsePhoneNumber(phone)?.country ?? ''
}

const COUNTRIES: ReadonlyMap<string, string> = new Map(
  getCountries()
    .map((country) => [getCountryCallingCode(country) as string, country as string] as const)
    .filter(([code]) => PLANS.has(code))
)
