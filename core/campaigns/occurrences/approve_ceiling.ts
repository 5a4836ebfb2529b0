import { inTransaction } from '#core/database/in_transaction'
import type { Actor } from '#core/database/actor'
import { changeCeiling } from '#core/schedules/move_schedule'
import { noteChange } from '../lifecycle/change_state.js'
import { CampaignStateError, CeilingTooLowError } from '../errors.js'
import type Campaign from '../models/campaign.js'

/**
 * Changes what one occurrence of a recurring campaign may cost. What is under way is not touched; a campaign that was paused for
 * its price is resumed apart.
 *
 * @param o.ceiling minor units, more than zero
 * @throws CampaignStateError when nothing more is to come
 * @throws CeilingTooLowError
 */
export async function approveCeiling(o: {
  campaign: Campaign
  ceiling: bigint
  by: Actor
}): Promise<void> {
  const { campaign } = o
  if (o.ceiling <= 0n) throw new CeilingTooLowError(1n)
  await inTransaction(async (trx) => {
    await noteChange({
      campaignId: campaign.id,
      accountId: campaign.accountId,
      in: ['scheduled', 'running', 'paused'],
      by: o.by,
      happened: { what: 'ceiling_changed', data: { ceiling: o.ceiling.toString() } },
      trx,
    })
    const { id: campaignId, accountId } = campaign
    if (!(await changeCeiling({ campaignId, accountId, ceiling: o.ceiling, trx })))
      throw new CampaignStateError({ state: 'finished', wanted: 'scheduled' })
  })
}
