import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { sql } from '#core/database/sql'
import { occurrenceAfter, type Schedule } from './read_schedule.js'

export type MissedBecause = 'late' | 'paused' | 'busy' | 'channel' | 'closed'
export type Outcome =
  | { readonly kind: 'made'; readonly runId: number }
  | { readonly kind: 'nobody' }
  | { readonly kind: 'missed'; readonly because: MissedBecause }

/**
 * Writes down what became of an occurrence and moves the schedule on to the next. The caller holds the lock of
 * `lockOccurrence`; a second row for one occurrence is refused by the table all the same.
 *
 * @returns the next occurrence, null when the schedule is over
 */
export async function closeOccurrence(o: {
  campaign: { readonly id: string; readonly accountId: string }
  schedule: Schedule
  occurrenceAt: Date
  outcome: Outcome
  trx: TransactionClientContract
}): Promise<Date | null> {
  const { campaign, schedule, outcome, trx } = o
  await sql(
    `insert into campaign_occurrences (campaign_id, account_id, occurrence_at, outcome, reason,
      run_id)
     values ($1, $2, $3::timestamptz, $4, $5, $6)`,
    [
      campaign.id,
      campaign.accountId,
      o.occurrenceAt.toISOString(),
      outcome.kind,
      outcome.kind === 'missed' ? outcome.because : null,
      outcome.kind === 'made' ? outcome.runId : null,
    ],
    trx
  )
  const done = schedule.occurrences + 1
  const next = occurrenceAfter({ schedule, after: o.occurrenceAt, done })
  await sql(
    `update campaign_schedules
        set next_at = $2::timestamptz, state = case when $2::timestamptz is null then 'over'
          else 'active' end,
            occurrences = $3, last_at = $4::timestamptz, refused_at = null, waiting = null
      where campaign_id = $1::uuid`,
    [campaign.id, next?.toISOString() ?? null, done, o.occurrenceAt.toISOString()],
    trx
  )
  return next
}
