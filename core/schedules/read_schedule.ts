import type { QueryClientContract } from '@adonisjs/lucid/types/database'
import { sql } from '#core/database/sql'
import { nextOccurrence, nextOccurrences } from './next_occurrence.js'

/** Why the next occurrence waits: a run still goes on, the channel is away, launches or the account are closed */
export type WaitingFor = 'busy' | 'channel' | 'closed'

export type Schedule = {
  /** IANA name */
  readonly zone: string
  /** Wall-clock time; null begins with the launch */
  readonly startsAt: string | null
  /** `once`, or a rule of recurrence */
  readonly recurrence: string
  /** Wall-clock time of the last, that time included */
  readonly until: string | null
  /** How many occurrences there may be, also counting those that were not made */
  readonly count: number | null
  /** Minor units that one occurrence may cost */
  readonly ceiling: bigint | null
  readonly state: 'draft' | 'active' | 'over'
  readonly nextAt: Date | null
  readonly occurrences: number
  readonly lastAt: Date | null
  readonly refusedAt: Date | null
  readonly skipBefore: Date | null
  readonly waiting: WaitingFor | null
}

/** The schedule of a campaign of an account; null when it goes out at once. By primary key */
export async function readSchedule(o: {
  campaignId: string
  accountId: string
  trx?: QueryClientContract
}): Promise<Schedule | null> {
  const [row] = await sql<Schedule>(
    `select zone, to_char(starts_at_local, 'YYYY-MM-DD"T"HH24:MI:SS') "startsAt", recurrence,
      to_char(until_local, 'YYYY-MM-DD"T"HH24:MI:SS') "until",
            max_occurrences count, ceiling, state, next_at "nextAt", occurrences, last_at "lastAt",
              refused_at "refusedAt", skip_before "skipBefore", waiting
       from campaign_schedules where campaign_id = $1::uuid and account_id = $2::uuid`,
    [o.campaignId, o.accountId],
    o.trx
  )
  return row ?? null
}

type Rule = Pick<Schedule, 'zone' | 'startsAt' | 'recurrence' | 'until' | 'count' | 'occurrences'>

/**
 * The occurrence that follows one, or null when the schedule is over.
 *
 * @param o.after the occurrence that was made, or a moment before which nothing is wanted any more
 * @param o.done occurrences so far, with the one that was made
 */
export function occurrenceAfter(o: { schedule: Rule; after: Date; done: number }): Date | null {
  const { schedule } = o
  if (schedule.startsAt === null || (schedule.count !== null && o.done >= schedule.count))
    return null
  return nextOccurrence({
    timetable: { ...schedule, startsAt: schedule.startsAt },
    after: o.after,
  })
}

/**
 * What comes next, to show to people: from `nextAt` on when the schedule runs, else what a launch now would give.
 *
 * @param o.limit at most so many
 */
export function upcoming(o: {
  schedule: Rule & Pick<Schedule, 'nextAt' | 'state'>
  now: Date
  limit: number
}): Date[] {
  const { schedule } = o
  if (schedule.state === 'over' || schedule.startsAt === null) return []
  const left = schedule.count === null ? o.limit : schedule.count - schedule.occurrences
  return nextOccurrences({
    timetable: { ...schedule, startsAt: schedule.startsAt },
    after: schedule.nextAt ? new Date(schedule.nextAt.getTime() - 1) : o.now,
    limit: Math.max(0, Math.min(o.limit, left)),
  })
}
