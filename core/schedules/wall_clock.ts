import { DateTime, IANAZone } from 'luxon'

/*
| A wall-clock time is what people read on a wall in some zone: `2026-03-29T02:30:00`, without a zone of its own.
*/

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** Whether the zone is one of the IANA database that this machine knows */
export function isZone(zone: string): boolean {
  return IANAZone.isValidZone(zone)
}

/**
 * The moment at which the wall shows a time. A time that a change of clocks skips moves on by the gap: 02:30 becomes
 * 03:30. A time that the wall shows twice is the first of the two. luxon leaves the second case open, so the offsets on
 * both sides are tried here.
 *
 * @param wall `2026-03-29T02:30` or with seconds
 * @param zone IANA name
 * @throws RangeError when it is no time or no zone
 */
export function instantOf(wall: string, zone: string): Date {
  const asUtc = DateTime.fromISO(wall, { zone: 'utc' })
  if (!asUtc.isValid || !isZone(zone))
    throw new RangeError(`${wall} in ${zone} is no wall-clock time`)
  const clock = IANAZone.create(zone)
  const read = asUtc.toMillis()
  const before = clock.offset(read - DAY) * MINUTE
  const after = clock.offset(read + DAY) * MINUTE

  const first = read - before
  if (clock.offset(first) * MINUTE === before) return new Date(first)
  const second = read - after
  if (clock.offset(second) * MINUTE === after) return new Date(second)
  return new Date(first)
}

/**
 * What the wall shows at a moment: `2026-03-29T03:30:00`.
 *
 * @param zone IANA name
 */
export function wallOf(instant: Date, zone: string): string {
  return DateTime.fromJSDate(instant, { zone }).toFormat("yyyy-MM-dd'T'HH:mm:ss")
}
