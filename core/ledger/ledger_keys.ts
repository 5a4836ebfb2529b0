import { sql } from '#core/database/sql'
import type { QueryClientContract } from '@adonisjs/lucid/types/database'

/** Keys of the ledger's accounts: one place that spells them */
export const ledgerKeys = {
  /** Money received from outside; may be negative */
  clearing: (gateway: string, currency: string) => `clearing:${gateway}:${currency}`,
  wallet: (accountId: string, currency: string) => `wallet:${accountId}:${currency}`,
  escrow: (campaignId: string, n: number) => `escrow:campaign:${campaignId}:${n}`,
  revenue: (channel: string, currency: string) => `revenue:${channel}:${currency}`,
}

type Kind = 'clearing' | 'wallet' | 'escrow' | 'revenue'

/**
 * Opens a ledger account, or finds it. Wallets and escrows can never fall below zero.
 *
 * @param o.accountId the client account it belongs to, null for the operator's own
 */
export async function openLedgerAccount(o: {
  key: string
  kind: Kind
  currency: string
  accountId: string | null
  trx?: QueryClientContract
}): Promise<void> {
  const floor = o.kind === 'wallet' || o.kind === 'escrow' ? 0 : null
  await sql(
    'select ledger_open($1, $2, $3, $4::uuid, $5::bigint)',
    [o.key, o.kind, o.currency, o.accountId, floor],
    o.trx
  )
}
