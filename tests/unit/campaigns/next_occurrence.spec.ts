import { test } from '@japa/runner'
import { writeRecurrence } from '#core/campaigns/sending/recurrence_form'
import { nextOccurrences, type Timetable } from '#core/schedules/next_occurrence'

/** Occurrences of a timetable, as UTC */
const walk = (timetable: Partial<Timetable> & { startsAt: string }, limit = 4, after?: string) =>
  nextOccurrences({
    timetable: { zone: 'Africa/Abidjan', recurrence: 'once', until: null, ...timetable },
    after: after ? new Date(after) : null,
    limit,
  }).map((at) => at.toISOString().slice(0, 16))

test.group('Occurrences on the wall clock', () => {
  test('keep their hour in Abidjan, which never changes its clocks', ({ assert }) => {
    assert.deepEqual(walk({ startsAt: '2026-03-28T09:00', recurrence: 'FREQ=DAILY' }), [
      '2026-03-28T09:00',
      '2026-03-29T09:00',
      '2026-03-30T09:00',
      '2026-03-31T09:00',
    ])
  })

  test('keep their hour in Paris when clocks go forward and back', ({ assert }) => {
    const daily = { zone: 'Europe/Paris', recurrence: 'FREQ=DAILY' }
    assert.deepEqual(walk({ ...daily, startsAt: '2026-03-28T09:00' }, 3), [
      '2026-03-28T08:00',
      '2026-03-29T07:00',
      '2026-03-30T07:00',
    ])
    assert.deepEqual(walk({ ...daily, startsAt: '2026-10-24T09:00' }, 3), [
      '2026-10-24T07:00',
      '2026-10-25T08:00',
      '2026-10-26T08:00',
    ])
  })

  test('keep their hour in New York when clocks go forward and back', ({ assert }) => {
    const daily = { zone: 'America/New_York', recurrence: 'FREQ=DAILY' }
    assert.deepEqual(walk({ ...daily, startsAt: '2026-03-07T18:15' }, 3), [
      '2026-03-07T23:15',
      '2026-03-08T22:15',
      '2026-03-09T22:15',
    ])
    assert.deepEqual(walk({ ...daily, startsAt: '2026-10-31T18:15' }, 3), [
      '2026-10-31T22:15',
      '2026-11-01T23:15',
      '2026-11-02T23:15',
    ])
  })

  test('move a time that is skipped on by the gap, for that day only', ({ assert }) => {
    assert.deepEqual(
      walk({ zone: 'Europe/Paris', startsAt: '2026-03-28T02:30', recurrence: 'FREQ=DAILY' }, 3),
      ['2026-03-28T01:30', '2026-03-29T01:30', '2026-03-30T00:30']
    )
    assert.deepEqual(
      walk({ zone: 'America/New_York', startsAt: '2026-03-07T02:30', recurrence: 'FREQ=DAILY' }, 3),
      ['2026-03-07T07:30', '2026-03-08T07:30', '2026-03-09T06:30']
    )
  })

  test('take a time that comes twice once, at its first', ({ assert }) => {
    assert.deepEqual(
      walk({ zone: 'Europe/Paris', startsAt: '2026-10-24T02:30', recurrence: 'FREQ=DAILY' }, 3),
      ['2026-10-24T00:30', '2026-10-25T00:30', '2026-10-26T01:30']
    )
    assert.deepEqual(
      walk({ zone: 'America/New_York', startsAt: '2026-10-31T01:30', recurrence: 'FREQ=DAILY' }, 3),
      ['2026-10-31T05:30', '2026-11-01T05:30', '2026-11-02T06:30']
    )
    assert.deepEqual(walk({ zone: 'Europe/Paris', startsAt: '2026-10-25T02:30' }), [
      '2026-10-25T00:30',
    ])
  })

  test('are made once when a skipped time moves onto the next', ({ assert }) => {
    assert.deepEqual(
      walk(
        { zone: 'Europe/Paris', startsAt: '2026-03-28T02:30', recurrence: 'FREQ=DAILY;BYHOUR=2,3' },
        6
      ),
      [
        '2026-03-28T01:30',
        '2026-03-28T02:30',
        '2026-03-29T01:30',
        '2026-03-30T00:30',
        '2026-03-30T01:30',
        '2026-03-31T00:30',
      ]
    )
  })

  test('go on by elapsed hours through both changes', ({ assert }) => {
    const hourly = { zone: 'Europe/Paris', recurrence: 'FREQ=HOURLY' }
    assert.deepEqual(walk({ ...hourly, startsAt: '2026-03-29T01:15' }, 3), [
      '2026-03-29T00:15',
      '2026-03-29T01:15',
      '2026-03-29T02:15',
    ])
    assert.deepEqual(walk({ ...hourly, startsAt: '2026-10-25T01:15' }, 4), [
      '2026-10-24T23:15',
      '2026-10-25T00:15',
      '2026-10-25T01:15',
      '2026-10-25T02:15',
    ])
    assert.deepEqual(
      walk({ startsAt: '2026-01-01T08:00', recurrence: 'FREQ=HOURLY;INTERVAL=6' }, 3),
      ['2026-01-01T08:00', '2026-01-01T14:00', '2026-01-01T20:00']
    )
  })

  test('know weekdays, the last day of a month and the third Monday', ({ assert }) => {
    assert.deepEqual(
      walk({ startsAt: '2026-11-25T09:00', recurrence: 'FREQ=WEEKLY;BYDAY=MO,TH' }, 3),
      ['2026-11-26T09:00', '2026-11-30T09:00', '2026-12-03T09:00']
    )
    assert.deepEqual(
      walk(
        {
          startsAt: '2026-01-31T09:00',
          recurrence: 'FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1',
        },
        3
      ),
      ['2026-01-31T09:00', '2026-02-28T09:00', '2026-03-31T09:00']
    )
    assert.deepEqual(
      walk({ startsAt: '2026-11-01T09:00', recurrence: 'FREQ=MONTHLY;BYDAY=3MO' }, 2),
      ['2026-11-16T09:00', '2026-12-21T09:00']
    )
    assert.deepEqual(
      walk({ startsAt: '2028-02-29T09:00', recurrence: 'FREQ=YEARLY' }, 2, '2028-03-01T00:00:00Z'),
      ['2029-02-28T09:00', '2030-02-28T09:00']
    )
  })

  test('skip no year and no month that lacks the day: its last day is taken', ({ assert }) => {
    const days = (startsAt: string, recurrence: string, limit: number) =>
      walk({ startsAt, recurrence }, limit).map((at) => at.slice(0, 10))
    assert.deepEqual(days('2028-02-29T09:00', 'FREQ=YEARLY', 6), [
      '2028-02-29',
      '2029-02-28',
      '2030-02-28',
      '2031-02-28',
      '2032-02-29',
      '2033-02-28',
    ])
    assert.deepEqual(days('2028-02-29T09:00', 'FREQ=YEARLY;INTERVAL=3', 3), [
      '2028-02-29',
      '2031-02-28',
      '2034-02-28',
    ])
    assert.deepEqual(days('2027-01-31T09:00', 'FREQ=MONTHLY', 5), [
      '2027-01-31',
      '2027-02-28',
      '2027-03-31',
      '2027-04-30',
      '2027-05-31',
    ])
    const form = writeRecurrence(
      { every: 'month', interval: 1, weekdays: [], month_on: 'day', rule: null },
      '2027-01-31T09:00'
    )
    assert.deepEqual(days('2027-01-31T09:00', form, 3), ['2027-01-31', '2027-02-28', '2027-03-31'])
  })

  test('go on however long the interval is', ({ assert }) => {
    for (const rule of ['FREQ=YEARLY;INTERVAL=10', 'FREQ=MONTHLY;INTERVAL=120'])
      assert.deepEqual(walk({ startsAt: '2028-02-29T09:00', recurrence: rule }, 4), [
        '2028-02-29T09:00',
        '2038-02-28T09:00',
        '2048-02-29T09:00',
        '2058-02-28T09:00',
      ])
    for (const rule of ['FREQ=MONTHLY;INTERVAL=120;BYMONTHDAY=31', 'FREQ=YEARLY;INTERVAL=10'])
      assert.deepEqual(
        walk({ startsAt: '2027-01-31T09:00', recurrence: rule }, 3).map((at) => at.slice(0, 10)),
        ['2027-01-31', '2037-01-31', '2047-01-31']
      )
    const [, far] = walk({ startsAt: '2027-05-01T09:00', recurrence: 'FREQ=YEARLY;INTERVAL=999' })
    assert.equal(far, '3026-05-01T09:00')
  })

  test('end at the given wall-clock time, that time included', ({ assert }) => {
    assert.deepEqual(
      walk({
        zone: 'Europe/Paris',
        startsAt: '2026-03-28T09:00',
        recurrence: 'FREQ=DAILY',
        until: '2026-03-30T09:00',
      }),
      ['2026-03-28T08:00', '2026-03-29T07:00', '2026-03-30T07:00']
    )
  })

  test('that a rule never reaches are none, and are told so at once', ({ assert }) => {
    const begun = performance.now()
    assert.isEmpty(
      walk({ startsAt: '2026-01-01T09:00', recurrence: 'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30' })
    )
    assert.isBelow(performance.now() - begun, 500)
  })

  test('give the same answer whether one asks from the start or from the one before', ({
    assert,
  }) => {
    const timetable = {
      zone: 'America/New_York',
      startsAt: '2026-02-20T02:30',
      recurrence: 'FREQ=DAILY;BYHOUR=1,2,3',
      until: null,
    }
    const all = nextOccurrences({ timetable, after: null, limit: 100 })
    for (const [index, at] of all.slice(0, -1).entries())
      assert.deepEqual(
        nextOccurrences({ timetable, after: new Date(at.getTime() + 1_000), limit: 1 }),
        [all[index + 1]]
      )
    assert.equal(new Set(all.map(Number)).size, 100)
  })
})
