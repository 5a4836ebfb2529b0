import { sql } from '#core/database/sql'
import { PAGE_SIZE } from '#core/database/keyset'
import { ledgerKeys } from './ledger_keys.js'

export type Movement = {
  readonly id: bigint
  readonly at: Date
  readonly kind: string
  /** Minor units; negative leaves the wallet */
  readonly amount: bigint
  readonly balanceAfter: bigint
  readonly subjectType: string | null
  readonly subjectId: string | null
  /** Name of the campaign, or the reason of a credit */
  readonly label: string | null
  readonly reference: string
}

/**
 * One page of a wallet's movements, newest first. The version of the wallet is the key: gapless, so a page is a range.
 *
 * @param o.before movements older than this version; the newest when absent
 */
export async function walletStatement(o: {
  accountId: string
  currency: string
  before?: bigint | null
  size?: number
}): Promise<{ rows: Movement[]; next: bigint | null; newest: boolean }> {
  const size = o.size ?? PAGE_SIZE
  const rows = await sql<{
    version: bigint
    at: Date
    kind: string
    amount: bigint
    balance_after: bigint
    subject_type: string | null
    subject_id: string | null
    label: string | null
    transaction_id: bigint
  }>(
    `select e.account_version "version", e.created_at at, t.kind, e.amount, e.balance_after,
      t.subject_type, t.subject_id,
            e.transaction_id, coalesce(t.metadata ->> 'label', t.metadata ->> 'reason') label
       from ledger_accounts a
       join ledger_entries e on e.ledger_account_id = a.id
       join ledger_transactions t on t.id = e.transaction_id
      where a.key = $1 and ($2::bigint is null or e.account_version < $2::bigint)
      order by e.account_version desc limit $3`,
    [ledgerKeys.wallet(o.accountId, o.currency), o.before?.toString() ?? null, size + 1]
  )
  const page = rows.slice(0, size)
  return {
    rows: page.map((row) => ({
      id: row.version,
      at: row.at,
      kind: row.kind,
      amount: row.amount,
      balanceAfter: row.balance_after,
      subjectType: row.subject_type,
      subjectId: row.subject_id,
      label: row.label,
      reference: `M-${row.transaction_id}`,
    })),
    next: rows.length > size ? (page.at(-1)?.version ?? null) : null,
    newest: !o.before,
  }
}
