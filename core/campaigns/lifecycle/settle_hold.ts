import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { sql } from '#core/database/sql'
import { releaseHold } from '#core/ledger/release_hold'

/**
 * Ends an open hold of a campaign: what was not captured goes back to the wallet. Safe to call twice.
 *
 * @param o.n which hold, as a run names it; every open one when absent
 * @returns minor units that went back
 */
export async function settleHold(o: {
  campaignId: string
  n?: number
  trx: TransactionClientContract
}): Promise<bigint> {
  const holds = await sql<{
    id: string
    account_id: string
    n: number
    currency: string
    name: string
  }>(
    `select h.id, h.account_id, h.n, h.currency, c.name
       from campaign_holds h join campaigns c on c.id = h.campaign_id
      where h.campaign_id = $1::uuid and h.state = 'open' and h.n = coalesce($2::int, h.n)
      order by h.n for update of h`,
    [o.campaignId, o.n ?? null],
    o.trx
  )
  let returned = 0n
  for (const hold of holds) {
    const released = await releaseHold({
      campaignId: o.campaignId,
      accountId: hold.account_id,
      n: hold.n,
      currency: hold.currency,
      label: hold.name,
      trx: o.trx,
    })
    await sql(
      `update campaign_holds set released = $2, state = 'settled', settled_at = now()
        where id = $1::uuid`,
      [hold.id, released.toString()],
      o.trx
    )
    returned += released
  }
  return returned
}
