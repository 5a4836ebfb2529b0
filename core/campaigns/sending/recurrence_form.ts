import { SendingError } from '../errors.js'
import { parseRecurrence, WEEKDAYS, type Weekday } from '#core/schedules/recurrence'

/** A rule of recurrence in the words of a form */
export type RecurrenceForm = {
  readonly every: 'day' | 'week' | 'month' | 'year' | 'rule' | null
  readonly interval: number | null
  readonly weekdays: readonly Weekday[]
  /** Of a month: the day of the start (the 15th), or its weekday (the third Monday) */
  readonly month_on: 'day' | 'weekday' | null
  readonly rule: string | null
}

/**
 * Writes the rule that a form means. Days come from the start: a start on the 31st is the last day of each month.
 *
 * @param startsAt wall-clock time
 * @throws SendingError, RecurrenceError
 */
export function writeRecurrence(form: RecurrenceForm, startsAt: string): string {
  const interval = form.interval && form.interval > 1 ? `;INTERVAL=${form.interval}` : ''
  switch (form.every) {
    case 'week':
      if (form.weekdays.length === 0) throw new SendingError('weekdays', 'weekdays')
      return `FREQ=WEEKLY${interval};BYDAY=${WEEKDAYS.filter((day) => form.weekdays.includes(day)).join(',')}`
    case 'month':
      return `FREQ=MONTHLY${interval};${monthly(form.month_on ?? 'day', startsAt)}`
    case 'year':
      return `FREQ=YEARLY${interval}`
    case 'rule':
      if (!form.rule) throw new SendingError('rule', 'rule')
      return parseRecurrence(form.rule).text
    case 'day':
    case null:
      return `FREQ=DAILY${interval}`
  }
}

function monthly(on: 'day' | 'weekday', startsAt: string): string {
  const day = Number(startsAt.slice(8, 10))
  if (on === 'weekday') {
    const nth = Math.ceil(day / 7)
    return `BYDAY=${nth === 5 ? -1 : nth}${weekdayOf(startsAt)}`
  }
  if (day <= 28) return `BYMONTHDAY=${day}`
  /** Months that are shorter: their last day */
  const days = Array.from({ length: day - 27 }, (_, n) => 28 + n)
  return `BYMONTHDAY=${days.join(',')};BYSETPOS=-1`
}

/** The weekday of a wall-clock time */
export function weekdayOf(wall: string): Weekday {
  return WEEKDAYS[(new Date(`${wall.slice(0, 10)}T00:00Z`).getUTCDay() + 6) % 7]
}

/**
 * The form that means a rule. One that the form has no words for comes back as itself.
 *
 * @param startsAt wall-clock time; null when the schedule begins with the launch
 */
export function readRecurrence(recurrence: string, startsAt: string | null): RecurrenceForm {
  const asRule: RecurrenceForm = {
    every: 'rule',
    interval: null,
    weekdays: [],
    month_on: null,
    rule: recurrence,
  }
  if (recurrence === 'once' || startsAt === null) return asRule
  const rule = parseRecurrence(recurrence)
  const everies = { DAILY: 'day', WEEKLY: 'week', MONTHLY: 'month', YEARLY: 'year' } as const
  if (rule.frequency === 'HOURLY') return asRule
  const form: RecurrenceForm = {
    every: everies[rule.frequency],
    interval: rule.interval,
    weekdays: rule.days.map((day) => WEEKDAYS[day.weekday]),
    month_on: rule.days.length > 0 ? 'weekday' : 'day',
    rule: null,
  }
  const same =
    (rule.frequency !== 'WEEKLY' || rule.days.length > 0) &&
    writeRecurrence(form, startsAt) === rule.text
  return same ? form : asRule
}
