import type pg from 'pg'

/**
 * Undoes a hand-over of rows that are known not to be sent: they are leased again.
 *
 * @returns addresses of those that were being handed over
 */
export async function takeBackDeliveries(
  client: pg.PoolClient,
  o: { runId: number; lease: string; seqs: readonly number[] }
): Promise<string[]> {
  const { rows } = await client.query<{ seq: number; address: string; state: string }>(
    `select seq, address, state from deliveries
      where run_id = $1 and seq = any($2::int[]) and lease = $3 and state in ('leased',
        'handing_over')
      order by seq for update`,
    [o.runId, [...o.seqs], o.lease]
  )
  const handed = rows.filter((row) => row.state === 'handing_over')
  await client.query(
    `update deliveries set state = 'leased', attempts = attempts - 1 where run_id = $1
      and seq = any($2::int[])`,
    [o.runId, handed.map((row) => row.seq)]
  )
  return handed.map((row) => row.address)
}
