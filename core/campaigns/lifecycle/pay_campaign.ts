import { inTransaction } from '#core/database/in_transaction'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import type { Quote } from '#core/billing/make_quote'
import type { Actor } from '#core/database/actor'
import { sql } from '#core/database/sql'
import { holdFunds } from '#core/ledger/hold_funds'
import { changeState } from './change_state.js'
import { checkQuote } from '../brief/check_quote.js'
import { campaignAudience } from '../brief/estimate_campaign.js'
import type Campaign from '../models/campaign.js'

/**
 * Pays a quoted campaign from the wallet: holds the quote's maximum. The quote must be in force and for this brief
 * and audience; nothing is held otherwise. Paying twice is one payment: the state is compared and set.
 *
 * @throws QuoteExpiredError, QuoteStaleError, InsufficientFundsError, CampaignStateError
 */
export async function payCampaign(o: {
  campaign: Campaign
  quoteId: string
  by: Actor
  now: Date
}): Promise<void> {
  const { campaign } = o
  const audience = await campaignAudience(campaign)

  await inTransaction(async (trx) => {
    await changeState({
      campaignId: campaign.id,
      accountId: campaign.accountId,
      from: ['quoted'],
      to: 'paid',
      by: o.by,
      trx,
    })
    const quote = await checkQuote({
      campaign,
      quoteId: o.quoteId,
      audienceHash: audience.hash,
      now: o.now,
      trx,
    })
    await holdQuote({ campaign, quote, n: 1, trx })
  })
}

/** Sets a quote's maximum aside as the nth hold of its campaign. Moves money: last in its transaction */
export async function holdQuote(o: {
  campaign: Campaign
  quote: Quote
  n: number
  trx: TransactionClientContract
}): Promise<void> {
  const { campaign, quote, n, trx } = o
  await sql(
    `insert into campaign_holds (campaign_id, account_id, n, quote_id, currency, held)
      values ($1, $2, $3, $4, $5, $6)`,
    [campaign.id, campaign.accountId, n, quote.id, quote.currency, quote.maximum.toString()],
    trx
  )
  await holdFunds({
    campaignId: campaign.id,
    accountId: campaign.accountId,
    n,
    currency: quote.currency,
    amount: quote.maximum,
    label: campaign.name,
    trx,
  })
}
