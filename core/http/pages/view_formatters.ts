import { parsePhoneNumberFromString } from 'libphonenumber-js/min'
import { currencyExponent, decimalText } from '../forms/currency.js'

/** What templates may hand over as a date */
export type DateLike = Date | string | number | null | undefined

/** Shown where there is nothing to show: an en dash */
const NOTHING = '–'

/** Millionths of a minor unit */
const MICRO_DIGITS = 6

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/**
 * Everything that turns a value into words a person reads, in one language. Pages, mails and exports use the same, so
 * that an amount never looks different in two places.
 *
 * @param o.locale - a BCP 47 tag, `fr` or `en`
 * @param o.timeZone - the IANA zone in which moments are told
 * @param o.now - the present, for `ago`
 */
export function viewFormatters(o: { locale: string; timeZone: string; now: () => Date }) {
  const tag = o.locale === 'en' ? 'en-GB' : 'fr-FR'

  const numberIn = (options: Intl.NumberFormatOptions) => new Intl.NumberFormat(tag, options)
  const dateIn = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(tag, options)
  const relative = new Intl.RelativeTimeFormat(tag, { numeric: 'auto', style: 'short' })

  /**
   * Minor units as an amount: `182 520 F CFA`. Never abbreviated
   */
  function money(minor: bigint | number | null | undefined, currency: string): string {
    if (minor === null || minor === undefined) return NOTHING
    const exponent = currencyExponent(currency)
    const text = decimalText(BigInt(minor), exponent) as Intl.StringNumericLiteral
    return numberIn({
      style: 'currency',
      currency,
      minimumFractionDigits: exponent,
      maximumFractionDigits: exponent,
    }).format(text)
  }

  /**
   * Micro-units as the price of one thing: `12,5 F CFA`
   */
  function price(micro: bigint | number | null | undefined, currency: string): string {
    if (micro === null || micro === undefined) return NOTHING
    const exponent = currencyExponent(currency)
    const text = decimalText(BigInt(micro), exponent + MICRO_DIGITS) as Intl.StringNumericLiteral
    return numberIn({
      style: 'currency',
      currency,
      minimumFractionDigits: exponent,
      maximumFractionDigits: exponent + 2,
    }).format(text)
  }

  function number(value: bigint | number | null | undefined, decimals = 2): string {
    if (value === null || value === undefined) return NOTHING
    return numberIn({ maximumFractionDigits: decimals }).format(value)
  }

  /** A share in percent with at most one decimal; a dash when there is no whole */
  function percent(part: bigint | number, whole: bigint | number = 1): string {
    if (Number(whole) === 0) return NOTHING
    return numberIn({ style: 'percent', maximumFractionDigits: 1 }).format(
      Number(part) / Number(whole)
    )
  }

  function date(value: DateLike): string {
    const moment = momentOf(value)
    return moment ? dateIn({ dateStyle: 'medium', timeZone: o.timeZone }).format(moment) : NOTHING
  }

  function time(value: DateLike): string {
    const moment = momentOf(value)
    return moment ? dateIn({ timeStyle: 'short', timeZone: o.timeZone }).format(moment) : NOTHING
  }

  /** Date and time; with a zone of its own, its city is named: `22 nov. 2026, 09:05 (Abidjan)` */
  function datetime(value: DateLike, zone?: string): string {
    const moment = momentOf(value)
    if (!moment) return NOTHING
    const timeZone = zone ?? o.timeZone
    const text = dateIn({
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      timeZone,
    }).format(moment)
    const city = zone?.split('/').at(-1)?.replaceAll('_', ' ')
    return city ? `${text} (${city})` : text
  }

  /** How long ago or ahead, within a day; past that, the date */
  function ago(value: DateLike): string {
    const moment = momentOf(value)
    if (!moment) return NOTHING
    const seconds = Math.round((moment.getTime() - o.now().getTime()) / 1000)
    const distance = Math.abs(seconds)
    if (distance >= DAY) return date(moment)
    if (distance >= HOUR) return relative.format(Math.trunc(seconds / HOUR), 'hour')
    if (distance >= MINUTE) return relative.format(Math.trunc(seconds / MINUTE), 'minute')
    return relative.format(seconds, 'second')
  }

  /** ISO 8601, for `<time datetime>` */
  function iso(value: DateLike): string {
    return momentOf(value)?.toISOString() ?? ''
  }

  /** What an input of the type wants: `2026-11-22`, `2026-11-22T09:05`, in the zone of the page */
  function inputDate(value: DateLike, type: 'date' | 'datetime' | 'time'): string {
    if (typeof value === 'string' && !value.endsWith('Z')) return value
    const moment = momentOf(value)
    if (!moment) return ''
    const local = new Intl.DateTimeFormat('sv-SE', {
      dateStyle: 'short',
      timeStyle: 'short',
      timeZone: o.timeZone,
    })
      .format(moment)
      .replace(' ', 'T')
    return type === 'date' ? local.slice(0, 10) : type === 'time' ? local.slice(11) : local
  }

  /** Minor units as someone would type them, for an input */
  function inputMoney(
    minor: bigint | number | string | null | undefined,
    currency: string
  ): string {
    if (minor === null || minor === undefined || typeof minor === 'string') return minor ?? ''
    const text = decimalText(BigInt(minor), currencyExponent(currency))
    return o.locale === 'fr' ? text.replace('.', ',') : text
  }

  function bytes(value: number): string {
    const step = [
      { size: 1e9, unit: 'gigabyte' },
      { size: 1e6, unit: 'megabyte' },
      { size: 1e3, unit: 'kilobyte' },
    ].find((candidate) => value >= candidate.size) ?? { size: 1, unit: 'byte' }
    return numberIn({
      style: 'unit',
      unit: step.unit,
      /** In English a short byte has no plural */
      unitDisplay: step.unit === 'byte' ? 'long' : 'short',
      maximumFractionDigits: 1,
    }).format(value / step.size)
  }

  /** Seconds as `2 h 05 min` or `2 min 05 s` */
  function duration(seconds: number): string {
    const whole = Math.max(0, Math.round(seconds))
    const two = (n: number) => String(n).padStart(2, '0')
    if (whole >= HOUR) {
      return `${Math.floor(whole / HOUR)}\u00A0h ${two(Math.floor((whole % HOUR) / MINUTE))}\u00A0min`
    }
    if (whole >= MINUTE)
      return `${Math.floor(whole / MINUTE)}\u00A0min ${two(whole % MINUTE)}\u00A0s`
    return `${whole}\u00A0s`
  }

  /** An E.164 number grouped as its country writes it */
  function phone(e164: string | null | undefined): string {
    if (!e164) return NOTHING
    return parsePhoneNumberFromString(e164)?.formatInternational() ?? e164
  }

  /** The name of a country, a language or a currency by its code, as the page's language has it; the code when it has none */
  const nameOf = (type: 'region' | 'language' | 'currency') => {
    const names = new Intl.DisplayNames(tag, { type })
    return (code: string | null | undefined): string => {
      if (!code) return NOTHING
      try {
        const name = names.of(code) ?? code
        return name.charAt(0).toLocaleUpperCase(tag) + name.slice(1)
      } catch {
        return code
      }
    }
  }

  return {
    country: nameOf('region'),
    language: nameOf('language'),
    currencyName: nameOf('currency'),
    money,
    price,
    number,
    percent,
    date,
    time,
    datetime,
    ago,
    iso,
    inputDate,
    inputMoney,
    bytes,
    duration,
    phone,
  }
}

function momentOf(value: DateLike): Date | null {
  if (value === null || value === undefined || value === '') return null
  const moment = value instanceof Date ? value : new Date(value)
  return Number.isNaN(moment.getTime()) ? null : moment
}
