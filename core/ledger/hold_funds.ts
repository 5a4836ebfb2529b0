import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { ledgerKeys, openLedgerAccount } from './ledger_keys.js'
import { postTransfer } from './post_transfer.js'

export type HoldRef = {
  readonly campaignId: string
  readonly accountId: string
  readonly n: number
  readonly currency: string
}

/**
 * Sets money aside for a campaign: wallet → escrow. What is not spent goes back by `releaseHold`.
 *
 * @param o.amount minor units; zero moves nothing
 * @param o.label name of the campaign, for the statement
 * @throws InsufficientFundsError when the wallet does not hold the amount
 */
export async function holdFunds(
  o: HoldRef & { amount: bigint; label: string; trx: TransactionClientContract }
): Promise<void> {
  const wallet = ledgerKeys.wallet(o.accountId, o.currency)
  const escrow = ledgerKeys.escrow(o.campaignId, o.n)
  await openLedgerAccount({
    key: wallet,
    kind: 'wallet',
    currency: o.currency,
    accountId: o.accountId,
    trx: o.trx,
  })
  await openLedgerAccount({
    key: escrow,
    kind: 'escrow',
    currency: o.currency,
    accountId: o.accountId,
    trx: o.trx,
  })
  if (o.amount === 0n) return
  await postTransfer({
    key: `hold:${o.campaignId}:${o.n}`,
    kind: 'hold',
    postings: [{ from: wallet, to: escrow, amount: o.amount }],
    subject: { type: 'campaign', id: o.campaignId },
    metadata: { label: o.label },
    trx: o.trx,
  })
}
