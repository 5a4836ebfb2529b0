import { inTransaction } from '#core/database/in_transaction'
import type { Actor } from '#core/database/actor'
import { ledgerKeys, openLedgerAccount } from './ledger_keys.js'
import { postTransfer } from './post_transfer.js'

/**
 * Puts money into a client's wallet by hand: a bank transfer received, a commercial gesture.
 *
 * @param o.amount minor units, more than zero
 * @param o.reason why, for the statement; the client reads it
 * @param o.key idempotency key of the form: a second press does not credit twice
 */
export async function creditWallet(o: {
  accountId: string
  currency: string
  amount: bigint
  reason: string
  by: Actor
  key: string
}): Promise<{ replayed: boolean }> {
  return inTransaction(async (trx) => {
    const from = ledgerKeys.clearing('manual', o.currency)
    const to = ledgerKeys.wallet(o.accountId, o.currency)
    await openLedgerAccount({
      key: from,
      kind: 'clearing',
      currency: o.currency,
      accountId: null,
      trx,
    })
    await openLedgerAccount({
      key: to,
      kind: 'wallet',
      currency: o.currency,
      accountId: o.accountId,
      trx,
    })
    return postTransfer({
      key: `credit:${o.key}`,
      kind: 'credit',
      postings: [{ from, to, amount: o.amount }],
      subject: { type: 'account', id: o.accountId },
      metadata: { reason: o.reason, by: { kind: o.by.kind, id: o.by.id, name: o.by.name } },
      trx,
    })
  })
}
