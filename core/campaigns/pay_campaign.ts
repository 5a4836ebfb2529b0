import db from '@adonisjs/lucid/services/db'
import type { Actor } from '#core/database/actor'
import { sql } from '#core/database/sql'
import { findQuote, hashBrief } from '#core/billing/make_quote'
import { QuoteExpiredError, QuoteStaleError } from '#core/billing/errors'
import { countAudience } from '#core/audience/audience_facts'
import { holdFunds } from '#core/ledger/hold_funds'
import pluginKernel from '#core/plugins/main'
import { changeState } from './change_state.js'
import type Campaign from './models/campaign.js'

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
  now?: Date
}): Promise<void> {
  const { campaign } = o
  const { channel } = pluginKernel.channel(campaign.channel)
  const audience =
    channel.kind === 'messaging'
      ? await countAudience({
          accountId: campaign.accountId,
          listIds: campaign.listIds,
          address: channel.address,
        })
      : { hash: 'none' }

  await db.transaction(async (trx) => {
    await changeState({
      campaignId: campaign.id,
      accountId: campaign.accountId,
      from: ['quoted'],
      to: 'paid',
      by: o.by,
      trx,
    })
    const [current] = await sql<{ quote_id: string; brief: unknown }>(
      'select quote_id, brief from campaigns where id = $1::uuid',
      [campaign.id],
      trx
    )
    const quote = await findQuote({ accountId: campaign.accountId, quoteId: o.quoteId, trx })
    if (!quote || current.quote_id !== quote.id)
      throw new QuoteStaleError('The campaign has a newer quote')
    if (quote.expiresAt <= (o.now ?? new Date()))
      throw new QuoteExpiredError('The quote has expired')
    if (quote.briefHash !== hashBrief(current.brief) || quote.audienceHash !== audience.hash) {
      throw new QuoteStaleError('Brief or audience changed since the quote')
    }

    await sql(
      `insert into campaign_holds (campaign_id, account_id, n, quote_id, currency, held) values ($1, $2, 1, $3, $4, $5)`,
      [campaign.id, campaign.accountId, quote.id, quote.currency, quote.maximum.toString()],
      trx
    )
    await holdFunds({
      campaignId: campaign.id,
      accountId: campaign.accountId,
      n: 1,
      currency: quote.currency,
      amount: quote.maximum,
      label: campaign.name,
      trx,
    })
  })
}
