import type pg from 'pg'

export type LeasedDelivery = {
  readonly seq: number
  readonly destination: string
  readonly address: string
}

/**
 * Leases the waiting rows of a range: they become `leased` under a token. Due ones alone, in order of seq.
 *
 * Rows in: a chunk (500). Index: primary key.
 *
 * @param o.limit rows at most; all when absent
 */
export async function leaseDeliveries(
  client: pg.PoolClient,
  o: { runId: number; fromSeq: number; toSeq: number; lease: string; limit?: number }
): Promise<LeasedDelivery[]> {
  const { rows } = await client.query<LeasedDelivery>({
    name: 'lease_rows',
    text: `update deliveries set state = 'leased', lease = $4, not_before = null
            where run_id = $1 and seq = any(array(
              select seq from deliveries
               where run_id = $1 and seq between $2 and $3
                 and (state = 'pending' or (state = 'deferred' and not_before <= now()))
               order by seq limit $5::int))
           returning seq, destination, address`,
    values: [o.runId, o.fromSeq, o.toSeq, o.lease, o.limit ?? null],
  })
  return rows.sort((a, b) => a.seq - b.seq)
}
