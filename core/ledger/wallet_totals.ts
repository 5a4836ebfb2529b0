import { sql } from '#core/database/sql'
import type { QueryClientContract } from '@adonisjs/lucid/types/database'
import { ledgerKeys } from './ledger_keys.js'
import { walletBalance, type WalletBalance } from './wallet_balance.js'

export type WalletTotals = WalletBalance & {
  /** Minor units spent since the account was opened */
  readonly charged: bigint
  /** Minor units that were set aside and came back */
  readonly refunded: bigint
  /** Movements of the wallet: its version, which has no gap */
  readonly movements: bigint
}

/**
 * What an account has and what became of the rest. Reads the wallet's own entries, two a campaign, and never the captures,
 * thousands a campaign: what was set aside, less what came back, less what is still set aside, was spent.
 */
export async function walletTotals(o: {
  accountId: string
  currency: string
  trx?: QueryClientContract
}): Promise<WalletTotals> {
  const balance = await walletBalance(o)
  const [row] = await sql<{ set_aside: bigint; refunded: bigint; movements: bigint }>(
    `select coalesce(-sum(e.amount) filter (where t.kind = 'hold'), 0)::bigint set_aside,
            coalesce(sum(e.amount) filter (where t.kind = 'release'), 0)::bigint refunded,
              count(*) movements
       from ledger_accounts a
       join ledger_entries e on e.ledger_account_id = a.id
       join ledger_transactions t on t.id = e.transaction_id
      where a.key = $1`,
    [ledgerKeys.wallet(o.accountId, o.currency)],
    o.trx
  )
  return {
    ...balance,
    charged: row.set_aside - row.refunded - balance.held,
    refunded: row.refunded,
    movements: row.movements,
  }
}
