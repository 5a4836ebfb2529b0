import { RecurrenceError } from './errors.js'

/*
| The rules of RFC 5545 §3.3.10 that a campaign may follow. Minutes come from the start, ends from fields of their own, and
| nothing repeats more often than by the hour.
*/

export const FREQUENCIES = ['HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'] as const
export type Frequency = (typeof FREQUENCIES)[number]

/** Days of the week in the order of RFC 5545 */
export const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const
export type Weekday = (typeof WEEKDAYS)[number]

export type Recurrence = {
  /** The rule in one spelling: no `RRULE:`, upper case, parts in the order they came */
  readonly text: string
  readonly frequency: Frequency
  readonly interval: number
  /** Monday is 0. `nth` counts within the month or year, from its end when negative; null is every one */
  readonly days: readonly { readonly weekday: number; readonly nth: number | null }[]
  /** 1 to 31, or from the end of the month when negative */
  readonly monthDays: readonly number[]
  readonly months: readonly number[]
  readonly hours: readonly number[]
  /** Which of a period's occurrences to take, from its end when negative */
  readonly positions: readonly number[]
  /** Monday is 0 */
  readonly weekStart: number
}

const NAMES = ['FREQ', 'INTERVAL', 'BYDAY', 'BYMONTHDAY', 'BYMONTH', 'BYSETPOS', 'BYHOUR', 'WKST']
const LONGEST_INTERVAL = 999

/**
 * Reads a rule of recurrence.
 *
 * @param text `FREQ=WEEKLY;BYDAY=MO,TH`, with or without `RRULE:` before it
 * @throws RecurrenceError that names the part which is not possible
 */
export function parseRecurrence(text: string): Recurrence {
  const bare = text
    .trim()
    .toUpperCase()
    .replace(/^RRULE:/, '')
    .replace(/;$/, '')
  const parts = splitParts(bare)
  const frequency = FREQUENCIES.find((one) => one === parts.get('FREQ'))
  if (!frequency) throw new RecurrenceError('frequency', parts.get('FREQ') ?? bare)
  checkTogether(parts, frequency)

  const weekday = (name: string) => WEEKDAYS.indexOf(name as Weekday)
  return {
    text: bare,
    frequency,
    interval: numbers(parts, 'INTERVAL', { from: 1, to: LONGEST_INTERVAL }).at(0) ?? 1,
    days: list(parts, 'BYDAY', /^([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)$/).map(([, nth, day]) => ({
      weekday: weekday(day),
      nth: nth ? Number(nth) : null,
    })),
    monthDays: numbers(parts, 'BYMONTHDAY', { from: 1, to: 31, backwards: true }),
    months: numbers(parts, 'BYMONTH', { from: 1, to: 12 }),
    hours: numbers(parts, 'BYHOUR', { from: 0, to: 23 }),
    positions: numbers(parts, 'BYSETPOS', { from: 1, to: 366, backwards: true }),
    weekStart: weekday(list(parts, 'WKST', /^(MO|TU|WE|TH|FR|SA|SU)$/).at(0)?.[1] ?? 'MO'),
  }
}

function splitParts(bare: string): Map<string, string> {
  const parts = new Map<string, string>()
  for (const pair of bare.split(';')) {
    const [, name, value] = /^([A-Z]+)=([-+0-9A-Z,]+)$/.exec(pair) ?? []
    if (!name || !value) throw new RecurrenceError('unreadable', pair || bare)
    if (name === 'COUNT' || name === 'UNTIL') throw new RecurrenceError('end', pair)
    if (!NAMES.includes(name) || parts.has(name)) throw new RecurrenceError('part', pair)
    parts.set(name, value)
  }
  return parts
}

/** What each part allows alone, and yet means nothing together */
function checkTogether(parts: Map<string, string>, frequency: Frequency): void {
  const by = [...parts].find(([name]) => name.startsWith('BY'))
  if (frequency === 'HOURLY' && by) throw new RecurrenceError('hourly', by.join('='))

  const days = parts.get('BYDAY') ?? ''
  if (/\d/.test(days) && frequency !== 'MONTHLY' && frequency !== 'YEARLY')
    throw new RecurrenceError('part', `BYDAY=${days}`)
  if (parts.has('BYMONTHDAY') && frequency === 'WEEKLY')
    throw new RecurrenceError('part', `BYMONTHDAY=${parts.get('BYMONTHDAY')}`)
  const others = [...parts.keys()].filter((name) => name.startsWith('BY') && name !== 'BYSETPOS')
  if (parts.has('BYSETPOS') && others.length === 0)
    throw new RecurrenceError('part', `BYSETPOS=${parts.get('BYSETPOS')}`)
}

function list(parts: Map<string, string>, name: string, shape: RegExp): RegExpExecArray[] {
  const value = parts.get(name)
  if (value === undefined) return []
  return value.split(',').map((one) => {
    const match = shape.exec(one)
    if (!match) throw new RecurrenceError('part', `${name}=${value}`)
    return match
  })
}

function numbers(
  parts: Map<string, string>,
  name: string,
  range: { from: number; to: number; backwards?: boolean }
): number[] {
  const found = list(parts, name, range.backwards ? /^[+-]?\d{1,3}$/ : /^\d{1,3}$/).map(Number)
  const size = (one: number) => (range.backwards ? Math.abs(one) : one)
  if (found.some((one) => size(one) < range.from || size(one) > range.to))
    throw new RecurrenceError('part', `${name}=${parts.get(name)}`)
  return [...new Set(found)]
}
