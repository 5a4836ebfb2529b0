import { inTransaction } from '#core/database/in_transaction'
import type { Actor } from '#core/database/actor'
import { flags } from '#core/flags/main'
import { paidQuote } from './paid_quote.js'
import { beginRun, freezeForRun } from './begin_run.js'
import { LaunchesClosedError } from '../errors.js'
import type Campaign from '../models/campaign.js'

/**
 * Starts a paid campaign now.
 *
 * @throws CampaignStateError when the campaign is not paid
 * @throws CampaignNotReadyError when its template is gone
 * @throws LaunchesClosedError when the operator has closed launches, by the flag `griot.campaigns`
 */
export async function launchCampaign(o: {
  campaign: Campaign
  by: Actor
  now: Date
}): Promise<void> {
  await launchesMustBeOpen(o.campaign.accountId)
  const content = await freezeForRun(o.campaign)
  await inTransaction(async (trx) => {
    await beginRun({
      campaign: o.campaign,
      content,
      from: 'paid',
      quoteId: await paidQuote({ campaign: o.campaign, trx }),
      holdN: 1,
      occurrenceAt: null,
      by: o.by,
      now: o.now,
      trx,
    })
  })
}

/** @throws LaunchesClosedError */
export async function launchesMustBeOpen(accountId: string): Promise<void> {
  if (!(await flags()).isEnabled('griot.campaigns', accountId))
    throw new LaunchesClosedError('The flag griot.campaigns is off')
}
