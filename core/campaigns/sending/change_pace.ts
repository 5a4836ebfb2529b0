import { inTransaction } from '#core/database/in_transaction'
import type { Actor } from '#core/database/actor'
import { sql } from '#core/database/sql'
import { noteChange } from '../lifecycle/change_state.js'
import type Campaign from '../models/campaign.js'

/**
 * Changes how many messages an hour a campaign may hand over, also while it runs.
 *
 * @param o.perHour messages an hour, from 1 on; null lifts the limit
 * @throws CampaignStateError when nothing is sent any more, or nothing was paid yet
 */
export async function changePace(o: {
  campaign: Campaign
  perHour: number | null
  by: Actor
}): Promise<void> {
  const { campaign } = o
  await inTransaction(async (trx) => {
    await noteChange({
      campaignId: campaign.id,
      accountId: campaign.accountId,
      in: ['scheduled', 'running', 'paused'],
      by: o.by,
      happened: { what: 'pace_changed', data: { from: campaign.pacePerHour, to: o.perHour } },
      trx,
    })
    await sql(
      `update campaigns set pace_per_hour = $3::int, updated_at = now() where id = $1::uuid
        and account_id = $2::uuid`,
      [campaign.id, campaign.accountId, o.perHour],
      trx
    )
  })
}
