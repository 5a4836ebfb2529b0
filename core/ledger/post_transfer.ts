import { sql } from '#core/database/sql'
import type { QueryClientContract } from '@adonisjs/lucid/types/database'
import { IdempotencyConflictError, InsufficientFundsError } from './errors.js'

export type Posting = {
  /** Keys of ledger accounts */
  readonly from: string
  readonly to: string
  /** Minor units, more than zero */
  readonly amount: bigint
}

/**
 * Moves money: the only way in the code. Call it last in the transaction, so that the hot rows of the ledger are
 * held for the shortest time; aggregates (campaign, hold) are locked before.
 *
 * @param o.key idempotency key: the same key and request give the first result again
 * @throws InsufficientFundsError when an account would fall below its floor
 * @throws IdempotencyConflictError when the key was used for another request
 */
export async function postTransfer(o: {
  key: string
  kind: string
  postings: readonly Posting[]
  subject?: { type: string; id: string }
  metadata?: Record<string, unknown>
  trx: QueryClientContract
}): Promise<{ transactionId: bigint; replayed: boolean }> {
  const postings = o.postings.map((p) => ({ from: p.from, to: p.to, amount: p.amount.toString() }))
  try {
    const [row] = await sql<{ transaction_id: bigint; replayed: boolean }>(
      `select transaction_id, replayed from ledger_post($1, $2, $3::jsonb, $4, $5, null,
        $6::jsonb)`,
      [
        o.key,
        o.kind,
        JSON.stringify(postings),
        o.subject?.type ?? null,
        o.subject?.id ?? null,
        JSON.stringify(o.metadata ?? {}),
      ],
      o.trx
    )
    return { transactionId: row.transaction_id, replayed: row.replayed }
  } catch (error) {
    const { code, constraint } = error as { code?: string; constraint?: string }
    if (constraint === 'balance_floor')
      throw new InsufficientFundsError('The wallet does not hold enough', { cause: error })
    if (code === 'LG409')
      throw new IdempotencyConflictError(`Key ${o.key} was used for another request`, {
        cause: error,
      })
    throw error
  }
}
