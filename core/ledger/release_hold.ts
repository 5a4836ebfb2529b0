import { sql } from '#core/database/sql'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import type { HoldRef } from './hold_funds.js'
import { ledgerKeys } from './ledger_keys.js'
import { postTransfer } from './post_transfer.js'

/**
 * Gives back what a hold still has: escrow → wallet, to the last franc.
 *
 * @returns minor units that went back
 */
export async function releaseHold(
  o: HoldRef & { label: string; trx: TransactionClientContract }
): Promise<bigint> {
  const escrow = ledgerKeys.escrow(o.campaignId, o.n)
  const [row] = await sql<{ balance: bigint }>(
    'select balance from ledger_accounts where key = $1 for no key update',
    [escrow],
    o.trx
  )
  if (!row || row.balance === 0n) return 0n
  await postTransfer({
    key: `release:${o.campaignId}:${o.n}`,
    kind: 'release',
    postings: [
      { from: escrow, to: ledgerKeys.wallet(o.accountId, o.currency), amount: row.balance },
    ],
    subject: { type: 'campaign', id: o.campaignId },
    metadata: { label: o.label },
    trx: o.trx,
  })
  return row.balance
}
