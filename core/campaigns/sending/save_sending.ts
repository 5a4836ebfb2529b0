import { inTransaction } from '#core/database/in_transaction'
import { sql } from '#core/database/sql'
import { saveTimetable } from '#core/schedules/save_timetable'
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
      `update campaigns set pace_per_hour = $2::int, deadline_hours = $3::int,
        quiet_from = $4::time, quiet_until = $5::time,
              cap_messages = $6::smallint, cap_days = $7::smallint, canary_percent = $8::smallint,
                newcomers_only = $9, updated_at = now()
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
    await saveTimetable({ campaign, timetable: sending.timetable, trx })
  })
}
