import { inTransaction } from '#core/database/in_transaction'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { sql } from '#core/database/sql'
import { CampaignNotFoundError, CampaignStateError } from '../errors.js'
import type { Sending } from './sending.js'
import type { CampaignState } from '../lifecycle/states.js'

/**
 * Settles when and how a campaign goes out, as long as nobody has approved it. Its price does not change by that: a quote
 * stays good.
 *
 * @throws CampaignStateError once it is paid or approved
 */
export async function saveSending(o: {
  campaign: { readonly id: string; readonly accountId: string }
  sending: Sending
}): Promise<void> {
  const { campaign, sending } = o
  await inTransaction(async (trx) => {
    const [row] = await sql<{ state: CampaignState }>(
      'select state from campaigns where id = $1::uuid and account_id = $2::uuid for no key update',
      [campaign.id, campaign.accountId],
      trx
    )
    if (!row) throw new CampaignNotFoundError('No such campaign')
    if (row.state !== 'draft' && row.state !== 'quoted')
      throw new CampaignStateError({ state: row.state, wanted: 'draft' })
    await sql(
      `update campaigns set pace_per_hour = $2::int, deadline_hours = $3::int, quiet_from = $4::time, quiet_until = $5::time,
              cap_messages = $6::smallint, cap_days = $7::smallint, canary_percent = $8::smallint, newcomers_only = $9, updated_at = now()
        where id = $1::uuid`,
      [
        campaign.id,
        sending.pacePerHour,
        sending.deadlineHours,
        sending.quiet?.from ?? null,
        sending.quiet?.until ?? null,
        sending.cap?.messages ?? null,
        sending.cap?.days ?? null,
        sending.canaryPercent,
        sending.when === 'newcomers',
      ],
      trx
    )
    await saveTimetable(campaign, sending.timetable, trx)
  })
}

async function saveTimetable(
  campaign: { readonly id: string; readonly accountId: string },
  timetable: Sending['timetable'],
  trx: TransactionClientContract
): Promise<void> {
  await sql('delete from campaign_schedules where campaign_id = $1::uuid', [campaign.id], trx)
  if (!timetable) return
  await sql(
    `insert into campaign_schedules (campaign_id, account_id, zone, starts_at_local, recurrence, until_local, max_occurrences)
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
