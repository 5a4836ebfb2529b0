import type pg from 'pg'

/** A worker died or lost its lease of a range: names what cannot be known, and gives the rest back */
export async function recoverDeliveries(
  client: pg.PoolClient,
  o: { runId: number; fromSeq: number; toSeq: number }
): Promise<void> {
  const range = [o.runId, o.fromSeq, o.toSeq]
  await client.query(
    `update deliveries set state = 'pending', lease = null
      where run_id = $1 and seq between $2 and $3 and state = 'leased'`,
    range
  )
  const lost = await client.query<{ destination: string }>(
    `update deliveries set state = 'uncertain', detail = 'the worker ended while handing over',
      outcome_at = now()
      where run_id = $1 and seq between $2 and $3 and state = 'handing_over' returning destination`,
    range
  )
  if (!lost.rowCount) return
  await client.query(
    'update campaign_runs set pending = pending - $2, uncertain = uncertain + $2 where id = $1',
    [o.runId, lost.rowCount]
  )
  await client.query(
    `update run_destinations d set uncertain = d.uncertain + l.n
       from (select x.destination, count(*)::int n from unnest($2::text[]) x(destination)
         group by 1) l
      where d.run_id = $1 and d.destination = l.destination`,
    [o.runId, lost.rows.map((row) => row.destination)]
  )
}
