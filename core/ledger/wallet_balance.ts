import { sql } from '#core/database/sql'
import type { QueryClientContract } from '@adonisjs/lucid/types/database'
import { ledgerKeys } from './ledger_keys.js'

export type WalletBalance = {
  /** Minor units that can be spent */
  readonly available: bigint
  /** Minor units set aside for campaigns */
  readonly held: bigint
  readonly currency: string
}

/** What an account has, free and set aside */
export async function walletBalance(o: {
  accountId: string
  currency: string
  trx?: QueryClientContract
}): Promise<WalletBalance> {
  const [row] = await sql<{ available: bigint; held: bigint }>(
    `select coalesce(sum(balance) filter (where key = $3), 0)::bigint available,
            coalesce(sum(balance) filter (where kind = 'escrow'), 0)::bigint held
       from ledger_accounts where account_id = $1::uuid and currency = $2`,
    [o.accountId, o.currency, ledgerKeys.wallet(o.accountId, o.currency)],
    o.trx
  )
  return { available: row.available, held: row.held, currency: o.currency }
}
