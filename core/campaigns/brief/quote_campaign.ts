import { inTransaction } from '#core/database/in_transaction'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { makeQuote, type Quote } from '#core/billing/make_quote'
import type { Actor } from '#core/database/actor'
import { sql } from '#core/database/sql'
import { changeState } from '../lifecycle/change_state.js'
import { estimateCampaign, type CampaignEstimate } from './estimate_campaign.js'
import type Campaign from '../models/campaign.js'

/**
 * Tells what a campaign will cost before anything is paid: validates the brief, counts the audience, asks the
 * channel's estimator for quantities and the rate card for prices, and writes an immutable quote.
 *
 * @throws CampaignNotReadyError when the brief is not complete or nobody can be reached
 * @throws ChannelUnavailableError when the channel's plugin is not running
 */
export async function quoteCampaign(o: {
  campaign: Campaign
  by: Actor
  now: Date
}): Promise<Quote> {
  const { campaign } = o
  const estimated = await estimateCampaign(campaign)
  return inTransaction(async (trx) => {
    const quote = await writeQuote({ ...o, estimated, now: o.now, trx })
    await changeState({
      campaignId: campaign.id,
      accountId: campaign.accountId,
      to: 'quoted',
      by: o.by,
      trx,
    })
    return quote
  })
}

/** Prices an estimate and makes it the campaign's quote */
export async function writeQuote(o: {
  campaign: Campaign
  estimated: CampaignEstimate
  by: Actor
  now: Date
  trx: TransactionClientContract
}): Promise<Quote> {
  const { campaign, trx } = o
  const [account] = await sql<{ currency: string }>(
    'select currency from accounts where id = $1::uuid',
    [campaign.accountId],
    trx
  )
  const quote = await makeQuote({
    accountId: campaign.accountId,
    campaignId: campaign.id,
    serviceId: campaign.serviceId,
    currency: account.currency,
    brief: campaign.brief,
    estimate: o.estimated.estimate,
    audience: o.estimated.audience,
    userId: o.by.kind === 'user' ? o.by.id : null,
    now: o.now,
    trx,
  })
  await sql(
    'update campaigns set quote_id = $2::uuid where id = $1::uuid and account_id = $3::uuid',
    [campaign.id, quote.id, campaign.accountId],
    trx
  )
  return quote
}
