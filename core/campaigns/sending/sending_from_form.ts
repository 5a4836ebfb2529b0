import { readSendingRules } from '#core/access/read_sending_rules'
import { SendingError } from '../errors.js'
import { nextOccurrence } from '#core/schedules/next_occurrence'
import { writeRecurrence } from './recurrence_form.js'
import type { Sending, SendingForm } from './sending.js'
import { instantOf, isZone, wallOf } from '#core/schedules/wall_clock'

/**
 * Reads what a form says about when and how a campaign goes out. Fields that the choice does not need are left alone, so a
 * page without scripts may show them all.
 *
 * @param o.messaging whether the channel sends messages; others know neither newcomers nor hours nor a pace
 * @param o.now the clock: a start that has passed is refused here, before anybody asks for a price
 * @throws SendingError, RecurrenceError that name the field
 */
export function sendingFromForm(o: { form: SendingForm; messaging: boolean; now: Date }): Sending {
  const { form, messaging } = o
  if (form.when === 'newcomers' && !messaging) throw new SendingError('newcomers_kind', 'when')
  const timetable = readTimetable(form, o.now)
  if (!messaging)
    return {
      when: form.when,
      timetable,
      pacePerHour: null,
      deadlineHours: null,
      quiet: null,
      cap: null,
      canaryPercent: null,
    }
  return {
    when: form.when,
    timetable,
    pacePerHour: form.pace,
    deadlineHours: form.deadline,
    ...readSendingRules(form),
    canaryPercent: form.canary,
  }
}

function readTimetable(form: SendingForm, now: Date): Sending['timetable'] {
  if (form.when === 'now') return null
  if (!isZone(form.zone)) throw new SendingError('zone', 'zone')
  const startsAt = startOf(form)

  if (form.when === 'at') {
    if (startsAt === null) throw new SendingError('start', 'starts_at')
    if (instantOf(startsAt, form.zone) <= now) throw new SendingError('past', 'starts_at')
    return { zone: form.zone, startsAt, recurrence: 'once', until: null, count: null }
  }

  if (form.when === 'repeat' && startsAt === null) throw new SendingError('start', 'starts_at')
  const recurrence =
    form.when === 'newcomers'
      ? form.newcomers_every === 'hour'
        ? 'FREQ=HOURLY'
        : 'FREQ=DAILY'
      : writeRecurrence(form, startsAt ?? '')
  const timetable = { zone: form.zone, startsAt, recurrence, ...endOf(form) }
  const from = startsAt ?? wallOf(now, form.zone)
  if (timetable.until && timetable.until < from) throw new SendingError('end_before_start', 'until')
  const first = nextOccurrence({
    timetable: { ...timetable, startsAt: from },
    after: new Date(now.getTime() - 60_000),
  })
  if (!first) throw new SendingError('past', 'starts_at')
  return timetable
}

/** A field that only other choices need may hold anything */
function startOf(form: SendingForm): string | null {
  if (!form.starts_at) return null
  return `${form.starts_at.slice(0, 16)}:00`
}

function endOf(form: SendingForm): { until: string | null; count: number | null } {
  switch (form.end) {
    case 'until':
      if (!form.until) throw new SendingError('until', 'until')
      return { until: `${form.until}T23:59:59`, count: null }
    case 'count':
      if (!form.count) throw new SendingError('count', 'count')
      return { until: null, count: form.count }
    case 'never':
    case null:
      return { until: null, count: null }
  }
}
