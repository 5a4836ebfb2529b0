import type pg from 'pg'

/**
 * Deliveries of a run whose outcome nobody knows, in order.
 *
 * Rows in: the range, or the run's partition by its primary key until the limit is reached.
 *
 * @param o.fromSeq and `toSeq` the range; all of the run when absent
 */
export async function uncertainSeqs(
  client: Pick<pg.Pool, 'query'>,
  o: { runId: number; fromSeq?: number; toSeq?: number; limit: number }
): Promise<number[]> {
  const { rows } = await client.query<{ seq: number }>(
    `select seq from deliveries
      where run_id = $1 and seq between coalesce($2::int, 1) and coalesce($3::int, 2147483647)
        and state = 'uncertain'
      order by seq limit $4`,
    [o.runId, o.fromSeq ?? null, o.toSeq ?? null, o.limit]
  )
  return rows.map((row) => row.seq)
}
