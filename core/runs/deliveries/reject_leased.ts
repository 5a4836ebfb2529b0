import type pg from 'pg'

/**
 * Rejects rows that are leased and cannot be sent, for a reason of ours. They are counted as rejected, cost nothing, and nobody is
 * suppressed for it.
 */
export async function rejectLeased(
  client: Pick<pg.Pool, 'query'>,
  o: { runId: number; lease: string; seqs: readonly number[]; reason: 'no_price'; now: Date }
): Promise<void> {
  await client.query('select reject_deliveries($1, $2::int[], $3, $4, $5)', [
    o.runId,
    [...o.seqs],
    o.reason,
    o.lease,
    o.now,
  ])
}
