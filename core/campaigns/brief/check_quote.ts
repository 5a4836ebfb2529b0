import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { QuoteExpiredError, QuoteStaleError } from '#core/billing/errors'
import { findQuote, hashBrief, type Quote } from '#core/billing/make_quote'
import { sql } from '#core/database/sql'
import type Campaign from '../models/campaign.js'

/**
 * The quote that somebody agrees to, if it is still the campaign's own, in force, and for this brief and audience.
 *
 * @param o.audienceHash of the audience as it is now; counted before the transaction began
 * @throws QuoteExpiredError, QuoteStaleError
 */
export async function checkQuote(o: {
  campaign: Campaign
  quoteId: string
  audienceHash: string
  now: Date
  trx: TransactionClientContract
}): Promise<Quote> {
  const { campaign, trx } = o
  const [current] = await sql<{ quote_id: string; brief: unknown }>(
    'select quote_id, brief from campaigns where id = $1::uuid and account_id = $2::uuid',
    [campaign.id, campaign.accountId],
    trx
  )
  const quote = await findQuote({ accountId: campaign.accountId, quoteId: o.quoteId, trx })
  if (!quote || current.quote_id !== quote.id)
    throw new QuoteStaleError('The campaign has a newer quote')
  if (quote.expiresAt <= o.now) throw new QuoteExpiredError('The quote has expired')
  if (quote.briefHash !== hashBrief(current.brief) || quote.audienceHash !== o.audienceHash)
    throw new QuoteStaleError('Brief or audience changed since the quote')
  return quote
}
