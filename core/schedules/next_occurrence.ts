import { parseRecurrence } from './recurrence.js'
import { instantOf, wallOf } from './wall_clock.js'
import { wallTimes } from './wall_times.js'

/** When a campaign goes out, as far as arithmetic needs it */
export type Timetable = {
  /** IANA name */
  readonly zone: string
  /** Wall-clock time of the zone: `2026-11-30T09:00:00` */
  readonly startsAt: string
  /** `once`, or a rule of recurrence */
  readonly recurrence: string
  /** Wall-clock time of the zone after which nothing goes out; null goes on for ever */
  readonly until: string | null
}

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** More than any zone has moved its clocks by */
const LARGEST_GAP = 3 * HOUR

/**
 * The first occurrence after a moment.
 *
 * Rules of days and longer walk on the wall clock: 09:00 stays 09:00 when clocks change. A time that is skipped moves on
 * by the gap, one that comes twice is taken once. Rules of hours walk in elapsed time, so that no hour is left out and none
 * is taken twice. RFC 5545 leaves that to the application.
 *
 * @param o.after the occurrence is later than this; null for the first of all
 * @returns null when there is none
 * @throws RecurrenceError when the rule cannot be read
 */
export function nextOccurrence(o: { timetable: Timetable; after: Date | null }): Date | null {
  const { timetable } = o
  const start = instantOf(timetable.startsAt, timetable.zone)
  const after = o.after ?? new Date(start.getTime() - 1)
  const until = timetable.until ? instantOf(timetable.until, timetable.zone) : null
  const next = following(timetable, start, after)
  return next && (!until || next <= until) ? next : null
}

/** The first occurrences after a moment, at most `limit`, to show to people */
export function nextOccurrences(o: {
  timetable: Timetable
  after: Date | null
  limit: number
}): Date[] {
  const found: Date[] = []
  let after = o.after
  while (found.length < o.limit) {
    const next = nextOccurrence({ timetable: o.timetable, after })
    if (!next) break
    found.push(next)
    after = next
  }
  return found
}

function following(timetable: Timetable, start: Date, after: Date): Date | null {
  if (timetable.recurrence === 'once') return start > after ? start : null

  const rule = parseRecurrence(timetable.recurrence)
  if (rule.frequency === 'HOURLY') {
    const step = rule.interval * HOUR
    const steps = Math.floor((after.getTime() - start.getTime()) / step) + 1
    return new Date(start.getTime() + Math.max(0, steps) * step)
  }

  const from = asIfUtc(wallOf(after, timetable.zone)) - DAY
  let best: { at: Date; wall: number } | null = null
  for (const wall of wallTimes({ rule, start: asIfUtc(timetable.startsAt), from })) {
    /** A time that was moved on by a gap can be later than the next one: look a little further */
    if (best && wall > best.wall + LARGEST_GAP) break
    const at = instantOf(new Date(wall).toISOString().slice(0, 19), timetable.zone)
    if (at > after && (!best || at < best.at)) best = { at, wall }
  }
  return best?.at ?? null
}

const asIfUtc = (wall: string) => new Date(`${wall.length === 16 ? `${wall}:00` : wall}Z`).getTime()
