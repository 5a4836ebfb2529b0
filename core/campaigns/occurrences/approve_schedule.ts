import { inTransaction } from '#core/database/in_transaction'
import type { Actor } from '#core/database/actor'
import { changeState } from '../lifecycle/change_state.js'
import { checkQuote } from '../brief/check_quote.js'
import { CeilingTooLowError } from '../errors.js'
import { campaignAudience } from '../brief/estimate_campaign.js'
import { launchesMustBeOpen } from '../lifecycle/launch_campaign.js'
import type Campaign from '../models/campaign.js'
import type { Schedule } from '#core/schedules/read_schedule'
import { activate, startOf } from './schedule_campaign.js'

/**
 * Approves a campaign that recurs. Nothing is held now: each occurrence is quoted and paid when it is made, and is not sent when
 * it would cost more than the ceiling.
 *
 * @param o.ceiling minor units that one occurrence may cost; the quote's maximum when absent
 * @throws CeilingTooLowError when the ceiling is below the quote that is approved
 * @throws CampaignNotReadyError when nothing of the schedule is still to come
 * @throws QuoteExpiredError, QuoteStaleError, CampaignStateError, LaunchesClosedError
 */
export async function approveSchedule(o: {
  campaign: Campaign
  schedule: Schedule
  quoteId: string
  ceiling?: bigint | null
  by: Actor
  now: Date
}): Promise<void> {
  const { campaign, now } = o
  const start = startOf(o)
  await launchesMustBeOpen(campaign.accountId)
  const audience = await campaignAudience(campaign)
  await inTransaction(async (trx) => {
    const quote = await checkQuote({
      campaign,
      quoteId: o.quoteId,
      audienceHash: audience.hash,
      now,
      trx,
    })
    const ceiling = o.ceiling ?? quote.maximum
    if (ceiling < quote.maximum) throw new CeilingTooLowError(quote.maximum)
    await changeState({
      campaignId: campaign.id,
      accountId: campaign.accountId,
      from: ['quoted'],
      to: 'scheduled',
      by: o.by,
      happened: { what: 'approved', data: { ceiling: ceiling.toString() } },
      trx,
    })
    await activate({ campaign, start, ceiling, now, trx })
  })
}
