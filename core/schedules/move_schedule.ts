import type { QueryClientContract } from '@adonisjs/lucid/types/database'
import { sql } from '#core/database/sql'
import type { WaitingFor } from './read_schedule.js'

type Of = {
  readonly campaignId: string
  readonly accountId: string
  readonly trx?: QueryClientContract
}

/** Begins a schedule: from here on the minute tick looks at it */
export async function activateSchedule(
  o: Of & { startsAt: string; first: Date; ceiling: bigint | null }
): Promise<void> {
  await sql(
    `update campaign_schedules
        set state = 'active', starts_at_local = $3::timestamp, next_at = $4::timestamptz,
          ceiling = $5::bigint
      where campaign_id = $1::uuid and account_id = $2::uuid`,
    [o.campaignId, o.accountId, o.startsAt, o.first.toISOString(), o.ceiling?.toString() ?? null],
    o.trx
  )
}

/** Ends a schedule, whatever was still to come */
export async function endSchedule(o: Of): Promise<void> {
  await sql(
    `update campaign_schedules set state = 'over', next_at = null
      where campaign_id = $1::uuid and account_id = $2::uuid and state <> 'over'`,
    [o.campaignId, o.accountId],
    o.trx
  )
}

/**
 * Goes on after a pause: occurrences that fell into it are left out.
 *
 * @param o.wanted the next one is made all the same, whatever its age
 */
export async function resumeSchedule(o: Of & { now: Date; wanted: boolean }): Promise<void> {
  await sql(
    `update campaign_schedules set skip_before = $3::timestamptz, refused_at = case when $4
      then next_at end
      where campaign_id = $1::uuid and account_id = $2::uuid`,
    [o.campaignId, o.accountId, o.now.toISOString(), o.wanted],
    o.trx
  )
}

/** The next occurrence waits for a person to decide */
export async function refuseNext(o: Of): Promise<void> {
  await sql(
    `update campaign_schedules set refused_at = next_at, waiting = null
      where campaign_id = $1::uuid and account_id = $2::uuid`,
    [o.campaignId, o.accountId],
    o.trx
  )
}

/** Says why an occurrence waits, as long as it is still the next */
export async function waitFor(o: Of & { occurrenceAt: Date; waiting: WaitingFor }): Promise<void> {
  await sql(
    `update campaign_schedules set waiting = $4
      where campaign_id = $1::uuid and account_id = $2::uuid and next_at = $3::timestamptz
        and waiting is distinct from $4`,
    [o.campaignId, o.accountId, o.occurrenceAt.toISOString(), o.waiting],
    o.trx
  )
}

/** An occurrence that came due while a run went on has waited for it */
export async function waitedForRun(o: Of & { now: Date }): Promise<void> {
  await sql(
    `update campaign_schedules set waiting = 'busy'
      where campaign_id = $1::uuid and account_id = $2::uuid and next_at <= $3::timestamptz`,
    [o.campaignId, o.accountId, o.now.toISOString()],
    o.trx
  )
}

/**
 * Changes what one occurrence may cost.
 *
 * @param o.ceiling minor units
 * @returns false when nothing more is to come, or the campaign does not come again
 */
export async function changeCeiling(o: Of & { ceiling: bigint }): Promise<boolean> {
  const changed = await sql(
    `update campaign_schedules set ceiling = $3::bigint
      where campaign_id = $1::uuid and account_id = $2::uuid and state = 'active'
        and recurrence <> 'once' returning 1`,
    [o.campaignId, o.accountId, o.ceiling.toString()],
    o.trx
  )
  return changed.length > 0
}
