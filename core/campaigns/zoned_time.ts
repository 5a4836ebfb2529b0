import { DateTime } from 'luxon'
import { CampaignNotReadyError } from './errors.js'

/**
 * Reads a wall-clock time in an account's zone. A time that a change of clocks skips is moved on by the gap.
 *
 * @param text `2026-11-22T09:30`, as a date and time field sends it
 * @param zone IANA name
 * @throws CampaignNotReadyError when it is no time
 */
export function zonedTime(text: string, zone: string): Date {
  const time = DateTime.fromISO(text, { zone })
  if (!time.isValid) throw new CampaignNotReadyError('past')
  return time.toJSDate()
}
