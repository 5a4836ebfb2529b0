import fc from 'fast-check'
import { test } from '@japa/runner'
import rrule from 'rrule'
import { parseRecurrence, WEEKDAYS } from '#core/schedules/recurrence'
import { wallTimes } from '#core/schedules/wall_times'

const DAY = 86_400_000
const some = <T>(values: readonly T[], most: number) =>
  fc.option(fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: most }), {
    nil: null,
  })
const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => from + n)

/**
 * Rules with every part that we take, together as RFC 5545 allows them. BYSETPOS of weeks is left out: the library counts the
 * first week from its start on, the RFC counts the whole week; so is the last but one of a set, which it takes from sets of one.
 */
const rules = fc
  .record({
    frequency: fc.constantFrom('DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'),
    interval: fc.integer({ min: 1, max: 5 }),
    days: some(WEEKDAYS, 3),
    nth: fc.option(fc.constantFrom(1, 2, 3, 4, 5, -1, -2), { nil: null }),
    monthDays: some([...range(1, 31), ...range(-31, -1)], 4),
    months: some(range(1, 12), 4),
    hours: some(range(0, 23), 3),
    position: fc.option(fc.constantFrom(1, 2, -1), { nil: null }),
    weekStart: fc.option(fc.constantFrom(...WEEKDAYS), { nil: null }),
  })
  .map((one) => {
    const long = one.frequency === 'MONTHLY' || one.frequency === 'YEARLY'
    const monthDays = one.frequency === 'WEEKLY' ? null : one.monthDays
    const by = one.days ?? monthDays ?? one.months ?? one.hours
    return [
      `FREQ=${one.frequency}`,
      `INTERVAL=${one.interval}`,
      one.days &&
        `BYDAY=${one.days.map((day) => `${long && one.nth ? one.nth : ''}${day}`).join(',')}`,
      monthDays && `BYMONTHDAY=${monthDays.join(',')}`,
      one.months && `BYMONTH=${one.months.join(',')}`,
      one.hours && `BYHOUR=${one.hours.sort((a, b) => a - b).join(',')}`,
      one.position && by && one.frequency !== 'WEEKLY' && `BYSETPOS=${one.position}`,
      one.weekStart && `WKST=${one.weekStart}`,
    ]
      .filter(Boolean)
      .join(';')
  })
const starts = fc
  .date({
    min: new Date('2024-01-01T00:00Z'),
    max: new Date('2028-12-31T00:00Z'),
    noInvalidDate: true,
  })
  .map((date) => Math.floor(date.getTime() / 60_000) * 60_000)

test.group('Wall-clock times of a rule', () => {
  test('are those of an independent implementation of RFC 5545, from any moment on', ({
    assert,
  }) => {
    fc.assert(
      fc.property(rules, starts, fc.integer({ min: 0, max: 900 }), (text, start, later) => {
        /** A rule that names no day skips short months in the RFC, and takes their last day with us */
        fc.pre(new Date(start).getUTCDate() <= 28 || /BYDAY|BYMONTHDAY|DAILY|WEEKLY/.test(text))
        const end = start + 1_500 * DAY
        const oracle = new rrule.RRule({
          ...rrule.RRule.parseString(text),
          dtstart: new Date(start),
          until: new Date(end),
        })
        /** One that matches nothing keeps the library busy to the year 9999: the next test is about those */
        const ours: number[] = []
        for (const at of wallTimes({ rule: parseRecurrence(text), start, from: start })) {
          if (at > end) break
          ours.push(at)
        }
        if (ours.length === 0) return
        assert.deepEqual(ours, oracle.all().map(Number), text)

        const from = start + later * DAY
        const tail: number[] = []
        for (const at of wallTimes({ rule: parseRecurrence(text), start, from })) {
          if (at > end) break
          if (at >= from) tail.push(at)
        }
        assert.deepEqual(
          tail,
          ours.filter((at) => at >= from),
          `${text} from ${from}`
        )
      }),
      { numRuns: 400 }
    )
  }).timeout(60_000)

  test('that match nothing for years are none, and are told so at once', ({ assert }) => {
    const never = [
      'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30',
      'FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6',
      'FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=31',
      'FREQ=DAILY;INTERVAL=7;BYDAY=TU',
    ]
    const start = Date.parse('2026-11-30T09:00:00Z')
    const begun = performance.now()
    for (const text of never)
      assert.isTrue(
        wallTimes({ rule: parseRecurrence(text), start, from: start }).next().done,
        text
      )
    assert.isBelow(performance.now() - begun, 500)
  })
})
