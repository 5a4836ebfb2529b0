import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { sql } from '#core/database/sql'

/** When a campaign goes out, as it is written down */
export type SavedTimetable = {
  /** IANA name */
  readonly zone: string
  /** Wall-clock time; null begins with the launch */
  readonly startsAt: string | null
  /** `once`, or a rule of recurrence */
  readonly recurrence: string
  readonly until: string | null
  readonly count: number | null
}

/** Writes the timetable of a campaign in place of the one before; null takes it away: it goes out at once */
export async function saveTimetable(o: {
  campaign: { readonly id: string; readonly accountId: string }
  timetable: SavedTimetable | null
  trx: TransactionClientContract
}): Promise<void> {
  const { campaign, timetable, trx } = o
  await sql('delete from campaign_schedules where campaign_id = $1::uuid', [campaign.id], trx)
  if (!timetable) return
  await sql(
    `insert into campaign_schedules (campaign_id, account_id, zone, starts_at_local, recurrence,
      until_local, max_occurrences)
     values ($1, $2, $3, $4::timestamp, $5, $6::timestamp, $7::int)`,
    [
      campaign.id,
      campaign.accountId,
      timetable.zone,
      timetable.startsAt,
      timetable.recurrence,
      timetable.until,
      timetable.count,
    ],
    trx
  )
}
