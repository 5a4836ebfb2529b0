import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { sql } from '#core/database/sql'

/** The quote that a campaign's first hold pays: what a person approved, whatever was priced since */
export async function paidQuote(o: {
  campaign: { readonly id: string; readonly accountId: string }
  trx: TransactionClientContract
}): Promise<string> {
  const [hold] = await sql<{ quoteId: string }>(
    `select quote_id "quoteId" from campaign_holds where campaign_id = $1::uuid
      and account_id = $2::uuid and n = 1`,
    [o.campaign.id, o.campaign.accountId],
    o.trx
  )
  if (!hold) throw new Error(`Campaign ${o.campaign.id} was not paid`)
  return hold.quoteId
}
