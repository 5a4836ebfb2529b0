import type { Frequency, Recurrence } from './recurrence.js'

const DAY = 86_400_000
/** The 29th of February may be eight years away; what comes later than this, or than twelve periods, is never */
const HORIZON = 9 * 366 * DAY
const HORIZON_PERIODS = 12

/**
 * The wall-clock times of a rule, in order, from about a moment on. They are milliseconds since 1970 as if the wall stood in
 * Greenwich: which moment each is, `wall_clock.ts` knows.
 *
 * Walks period by period (day, week, month, year) from the one that holds `from`, so the cost does not grow with the age of a
 * rule: at most 9 years of days, 6 ms, or twelve periods for a rule that never comes true.
 *
 * @param o.start wall-clock time of the first; a rule that it does not match begins with the first match after it
 * @param o.from nothing of a period that ended before this
 */
export function* wallTimes(o: {
  rule: Recurrence
  start: number
  from: number
}): Generator<number> {
  const { rule, start } = o
  const from = Math.max(o.from, start)
  const first = periodOf(start, rule)
  const skipped = Math.floor((periodOf(from, rule) - first) / rule.interval)
  for (let n = Math.max(0, skipped); ; n++) {
    const days = daysOf(first + n * rule.interval, rule)
    if (days.from > from + HORIZON && n > skipped + HORIZON_PERIODS) return
    for (const at of timesOf(days, rule, start)) if (at >= start) yield at
  }
}

type Days = { readonly from: number; readonly count: number }

/** Number of the period that holds a time, counted in whole periods */
function periodOf(at: number, rule: Recurrence): number {
  const date = new Date(at)
  const day = Math.floor(at / DAY)
  switch (rule.frequency) {
    case 'HOURLY':
    case 'DAILY':
      return day
    case 'WEEKLY':
      return Math.floor((day + THURSDAY - rule.weekStart) / 7)
    case 'MONTHLY':
      return date.getUTCFullYear() * 12 + date.getUTCMonth()
    case 'YEARLY':
      return date.getUTCFullYear()
  }
}

/** 1 January 1970 was a Thursday; Monday is 0 */
const THURSDAY = 3

function daysOf(period: number, rule: Recurrence): Days {
  switch (rule.frequency) {
    case 'HOURLY':
    case 'DAILY':
      return { from: period * DAY, count: 1 }
    case 'WEEKLY':
      return { from: (period * 7 - THURSDAY + rule.weekStart) * DAY, count: 7 }
    case 'MONTHLY':
      return between(Date.UTC(2000, period - 24_000), Date.UTC(2000, period - 23_999))
    case 'YEARLY':
      return between(Date.UTC(period, 0), Date.UTC(period + 1, 0))
  }
}

const between = (from: number, to: number): Days => ({ from, count: (to - from) / DAY })

/** The times of one period, in order */
function timesOf(days: Days, rule: Recurrence, start: number): number[] {
  const timeOfDay = start % DAY
  const hours = [...rule.hours].sort((a, b) => a - b)
  const times: number[] = []
  for (let n = 0; n < days.count; n++) {
    const day = days.from + n * DAY
    if (!matches(day, rule, new Date(start))) continue
    if (hours.length === 0) times.push(day + timeOfDay)
    for (const hour of hours) times.push(day + hour * 3_600_000 + (timeOfDay % 3_600_000))
  }
  if (rule.positions.length === 0) return times
  const places = rule.positions.map((n) => (n > 0 ? n - 1 : times.length + n))
  return times.filter((_, place) => places.includes(place))
}

function matches(day: number, rule: Recurrence, start: Date): boolean {
  const date = new Date(day)
  const month = date.getUTCMonth() + 1
  const weekday = weekdayOf(date)
  if (rule.months.length > 0 && !rule.months.includes(month)) return false
  if (
    rule.days.length > 0 &&
    !rule.days.some((one) => one.weekday === weekday && isNth(date, one.nth, rule))
  )
    return false
  if (rule.monthDays.length > 0) {
    const back = date.getUTCDate() - daysInMonth(date) - 1
    return rule.monthDays.includes(date.getUTCDate()) || rule.monthDays.includes(back)
  }
  return rule.days.length > 0 || matchesStart(date, rule, start)
}

/** A rule that names no day means the day of the start: in a month that is too short, its last one. Nothing is skipped */
function matchesStart(date: Date, rule: Recurrence, start: Date): boolean {
  const same: Readonly<Record<Frequency, () => boolean>> = {
    HOURLY: () => true,
    DAILY: () => true,
    WEEKLY: () => weekdayOf(date) === weekdayOf(start),
    MONTHLY: () => date.getUTCDate() === Math.min(start.getUTCDate(), daysInMonth(date)),
    YEARLY: () =>
      date.getUTCDate() === Math.min(start.getUTCDate(), daysInMonth(date)) &&
      (rule.months.length > 0 || date.getUTCMonth() === start.getUTCMonth()),
  }
  return same[rule.frequency]()
}

/** Whether a day is the nth of its weekday, within its month or, for a rule of years that names no month, its year */
function isNth(date: Date, nth: number | null, rule: Recurrence): boolean {
  if (nth === null) return true
  const ofYear = rule.frequency === 'YEARLY' && rule.months.length === 0
  const place = ofYear ? dayOfYear(date) : date.getUTCDate()
  const size = ofYear
    ? dayOfYear(new Date(Date.UTC(date.getUTCFullYear(), 11, 31)))
    : daysInMonth(date)
  return nth > 0 ? Math.ceil(place / 7) === nth : Math.ceil((size - place + 1) / 7) === -nth
}

const weekdayOf = (date: Date) => (date.getUTCDay() + 6) % 7
const daysInMonth = (date: Date) =>
  new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
const dayOfYear = (date: Date) =>
  Math.round((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY) + 1
