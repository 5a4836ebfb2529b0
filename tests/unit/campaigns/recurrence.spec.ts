import { test } from '@japa/runner'
import { RecurrenceError } from '#core/schedules/errors'
import { parseRecurrence } from '#core/schedules/recurrence'

const refusal = (text: string) => {
  try {
    parseRecurrence(text)
    return 'taken'
  } catch (error) {
    if (error instanceof RecurrenceError) return error.translation.key.split('recurrence_')[1]
    throw error
  }
}

test.group('Rules of recurrence', () => {
  test('reads a rule in any spelling of its letters', ({ assert }) => {
    const rule = parseRecurrence(' rrule:freq=weekly;interval=2;byday=mo,th; ')
    assert.equal(rule.text, 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH')
    assert.equal(rule.frequency, 'WEEKLY')
    assert.equal(rule.interval, 2)
  })

  test('names what it cannot follow', ({ assert }) => {
    assert.equal(refusal('every monday'), 'unreadable')
    assert.equal(refusal('FREQ=DAILY;;'), 'unreadable')
    assert.equal(refusal('FREQ=MINUTELY'), 'frequency')
    assert.equal(refusal('INTERVAL=2'), 'frequency')
    assert.equal(refusal('FREQ=DAILY;COUNT=3'), 'end')
    assert.equal(refusal('FREQ=DAILY;UNTIL=20261231T000000Z'), 'end')
    assert.equal(refusal('FREQ=DAILY;BYSECOND=1'), 'part')
    assert.equal(refusal('FREQ=DAILY;INTERVAL=0'), 'part')
    assert.equal(refusal('FREQ=DAILY;FREQ=WEEKLY'), 'part')
    assert.equal(refusal('FREQ=HOURLY;BYDAY=MO'), 'hourly')
    assert.equal(refusal('FREQ=WEEKLY;BYDAY=2MO'), 'part')
    assert.equal(refusal('FREQ=WEEKLY;BYDAY=LUNDI'), 'part')
    assert.equal(refusal('FREQ=MONTHLY;BYMONTHDAY=32'), 'part')
    assert.equal(refusal('FREQ=YEARLY;BYMONTH=13'), 'part')
    assert.equal(refusal('FREQ=DAILY;BYHOUR=24'), 'part')
  })
})
