/*
| What schedules should give, found by looking at the wall clock of every minute, as somebody with a calendar would. It
| shares nothing with the code that it classifies: no rule is parsed, no offset is computed.
*/

const MINUTE = 60_000

export type ExpectedRule =
  | { readonly kind: 'hourly'; readonly hours: number }
  | { readonly kind: 'daily'; readonly times: readonly string[] }
  | { readonly kind: 'weekly'; readonly times: readonly string[]; readonly weekday: string }

export type Clock = readonly {
  readonly at: number
  readonly wall: string
  readonly weekday: string
}[]

/** What the wall of a zone shows in every minute from one moment to another */
export function watchClock(zone: string, from: Date, to: Date): Clock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    weekday: 'short',
  })
  const clock: { at: number; wall: string; weekday: string }[] = []
  for (let at = from.getTime(); at <= to.getTime(); at += MINUTE) {
    const part = Object.fromEntries(format.formatToParts(at).map((p) => [p.type, p.value]))
    clock.push({
      at,
      wall: `${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}`,
      weekday: part.weekday,
    })
  }
  return clock
}

/**
 * The occurrences of a rule within a clock, as milliseconds, in order.
 *
 * @param o.start the first moment that counts
 * @param o.end the last
 */
export function expectedOccurrences(o: {
  clock: Clock
  rule: ExpectedRule
  start: number
  end: number
}): number[] {
  const { clock, rule } = o
  if (rule.kind === 'hourly') {
    const found: number[] = []
    for (let at = o.start; at <= o.end; at += rule.hours * 60 * MINUTE) found.push(at)
    return found
  }
  const days = new Map(clock.map((minute) => [minute.wall.slice(0, 10), minute.weekday]))
  const found = new Set<number>()
  for (const [day, weekday] of days) {
    if (rule.kind === 'weekly' && weekday !== rule.weekday) continue
    for (const time of rule.times) {
      const at = momentOf(clock, `${day}T${time}`)
      if (at !== null && at >= o.start && at <= o.end) found.add(at)
    }
  }
  return [...found].sort((a, b) => a - b)
}

/** The first minute that shows the time; one that is skipped, as long after the jump as it is after the minute before the jump */
function momentOf(clock: Clock, wall: string): number | null {
  const shown = clock.find((minute) => minute.wall === wall)
  if (shown) return shown.at
  for (let n = 1; n < clock.length; n++) {
    if (clock[n - 1].wall < wall && wall < clock[n].wall)
      return clock[n - 1].at + (Date.parse(`${wall}Z`) - Date.parse(`${clock[n - 1].wall}Z`))
  }
  return null
}

/** The moments in a year at which a zone changes its clocks, to the hour */
export function clockChanges(zone: string, year: number): Date[] {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
  const offset = (at: number) =>
    format.formatToParts(at).find((part) => part.type === 'timeZoneName')?.value
  const changes: Date[] = []
  const end = Date.UTC(year + 1, 0, 1)
  for (let at = Date.UTC(year, 0, 1); at < end; at += 60 * MINUTE)
    if (offset(at) !== offset(at - 60 * MINUTE)) changes.push(new Date(at))
  return changes
}
