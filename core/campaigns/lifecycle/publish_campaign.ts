import type { Actor } from '#core/database/actor'
import { approveSchedule } from '../occurrences/approve_schedule.js'
import { launchCampaign } from './launch_campaign.js'
import type Campaign from '../models/campaign.js'
import { payCampaign } from './pay_campaign.js'
import { readSchedule } from '#core/schedules/read_schedule'
import { scheduleCampaign, startOf } from '../occurrences/schedule_campaign.js'

/**
 * What the button at the end of the wizard does. A campaign that goes out once is paid now and starts now or at its time; one
 * that recurs is approved up to a ceiling for each occurrence, which is paid when it is made.
 *
 * Each step stands alone: a campaign that was paid, but not launched, is launched by pressing again.
 *
 * @param o.ceiling minor units that one occurrence may cost; the quote's maximum when absent
 * @returns what became of it
 * @throws CampaignNotReadyError when its time has passed, before anything is paid
 * @throws QuoteExpiredError, QuoteStaleError, InsufficientFundsError, CeilingTooLowError, CampaignStateError, LaunchesClosedError
 */
export async function publishCampaign(o: {
  campaign: Campaign
  quoteId: string
  ceiling?: bigint | null
  by: Actor
  now: Date
}): Promise<'launched' | 'scheduled' | 'approved'> {
  const { campaign, by } = o
  const now = o.now
  const schedule = await readSchedule({ campaignId: campaign.id, accountId: campaign.accountId })
  if (schedule && schedule.recurrence !== 'once') {
    await approveSchedule({ ...o, schedule, now })
    return 'approved'
  }

  if (schedule) startOf({ schedule, now })
  if (campaign.state !== 'paid') await payCampaign({ campaign, quoteId: o.quoteId, by, now })
  if (schedule) {
    await scheduleCampaign({ campaign, schedule, by, now })
    return 'scheduled'
  }
  await launchCampaign({ campaign, by, now })
  return 'launched'
}
