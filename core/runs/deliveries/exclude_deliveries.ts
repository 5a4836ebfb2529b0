import type pg from 'pg'

/**
 * Leaves out who does not want to be written to any more, or is gone, of the waiting rows of a range: asked again at each lease,
 * because a run may wait for days. Reasons are those of the expansion, and `deleted`.
 *
 * Rows in: a chunk (500). Primary keys of deliveries and contacts, unique index of suppressions.
 */
export async function excludeUnwilling(
  client: pg.PoolClient,
  o: { runId: number; fromSeq: number; toSeq: number }
): Promise<void> {
  const { rows } = await client.query<{ reason: string }>({
    name: 'exclude_unwilling',
    text: `update deliveries d set state = 'excluded', reason = w.reason, not_before = null,
      outcome_at = now()
             from (select e.seq,
                          case when s.address is not null then 'suppressed'
                               when c.id is null then 'deleted'
                               when (r.rules ->> 'asksConsent')::boolean then 'answered'
                               else 'unconsented' end reason
                     from campaign_runs r
                     join deliveries e on e.run_id = r.id and e.seq between $2 and $3
                       and e.state in ('pending', 'deferred')
                     left join contacts c on c.id = e.contact_id and c.account_id = r.account_id
                     left join suppressions s on s.account_id = r.account_id
                       and s.address = e.address
                    where r.id = $1 and (s.address is not null or c.id is null
                      or c.consent <> case when (r.rules ->> 'asksConsent')::boolean then 'unknown'
                        else 'granted' end)) w
            where d.run_id = $1 and d.seq = w.seq
           returning d.reason`,
    values: [o.runId, o.fromSeq, o.toSeq],
  })
  for (const [reason, excluded] of Map.groupBy(rows, (row) => row.reason))
    await countExcluded(client, { runId: o.runId, reason, n: excluded.length })
}

/** Leaves out leased rows that have had enough messages */
export async function excludeOverCap(
  client: pg.PoolClient,
  o: { runId: number; seqs: readonly number[] }
): Promise<void> {
  const { rowCount } = await client.query(
    `update deliveries set state = 'excluded', reason = 'frequency_cap', lease = null,
      outcome_at = now()
      where run_id = $1 and seq = any($2::int[]) and state = 'leased'`,
    [o.runId, [...o.seqs]]
  )
  await countExcluded(client, { runId: o.runId, reason: 'frequency_cap', n: rowCount ?? 0 })
}

/** Counts rows that were to be sent and now are not */
async function countExcluded(
  client: pg.PoolClient,
  o: { runId: number; reason: string; n: number }
): Promise<void> {
  await client.query(
    `update campaign_runs set pending = pending - $3, excluded = excluded + $3,
            exclusions = jsonb_set(exclusions, array[$2],
              to_jsonb(coalesce((exclusions ->> $2)::int, 0) + $3))
      where id = $1`,
    [o.runId, o.reason, o.n]
  )
}
