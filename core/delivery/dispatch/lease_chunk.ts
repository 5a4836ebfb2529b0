import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { inTransaction } from '#core/database/in_transaction'
import { deliveryPool } from '#core/runs/delivery_pool'

/** Seconds after which a silent worker's chunk may be taken by another. Each window renews it */
export const LEASE_SECONDS = 60

export type LeasedChunk = {
  readonly runId: number
  readonly n: number
  readonly fromSeq: number
  readonly toSeq: number
  readonly lease: string
  readonly destination: string
  /** Rows that were leased, by destination: what a window asks tokens for */
  readonly rows: readonly { readonly seq: number; readonly destination: string }[]
}

/**
 * What must hold for a chunk `c` of run `r`, campaign `g` and account `a` to be sent now: its time has come, its destination
 * is not blocked, and it is not a quiet hour where its people are.
 */
export const CHUNK_IS_DUE = `
  ((c.state = 'open' and c.not_before <= now()) or (c.state = 'leased' and c.lease_until < now()))
  and not (c.destination <> '' and exists (select 1 from rate_buckets b where b.key = g.plugin_id || ' ' || c.destination and b.blocked_until > now()))
  and not is_quiet(a.quiet_from, a.quiet_until, coalesce(nullif(c.zone, ''), a.timezone), now())
  and not is_quiet(g.quiet_from, g.quiet_until, coalesce(nullif(c.zone, ''), a.timezone), now())`

/**
 * Leases the next chunk of a run whose campaign is running: its waiting rows become `leased` under a token of this lease. A
 * chunk whose lease ran out is recovered first: what was leased is safe to send, what was being handed over is uncertain.
 *
 * Rows in: a chunk (500). Index: delivery_chunks_open, then the primary key of deliveries. Measured 6 ms.
 *
 * @param o.owner the worker, so that others can tell when it is gone
 * @param o.limit rows to lease at most; all of the chunk when absent
 * @returns null when the campaign does not run or no chunk is due
 */
export async function leaseChunk(o: {
  runId: number
  owner: string
  limit?: number
}): Promise<LeasedChunk | null> {
  const { runId } = o
  const lease = randomUUID()
  return inTransaction(deliveryPool(), async (client) => {
    const { rows } = await client.query<{
      n: number
      from_seq: number
      to_seq: number
      destination: string
      was: string
    }>({
      name: 'lease_chunk',
      text: `with picked as (
               select c.run_id, c.n, c.state was
                 from delivery_chunks c
                 join campaign_runs r on r.id = c.run_id
                 join campaigns g on g.id = r.campaign_id
                 join accounts a on a.id = r.account_id
                where c.run_id = $1 and c.state in ('open', 'leased') and r.state in ('expanding', 'running') and g.state = 'running' and a.status = 'active'
                  and (r.deadline_at is null or r.deadline_at > now()) and ${CHUNK_IS_DUE}
                order by c.n limit 1 for update of c skip locked)
             update delivery_chunks c set state = 'leased', lease = $2, lease_until = now() + $3 * interval '1 second', owner = $4
               from picked p where c.run_id = p.run_id and c.n = p.n
             returning c.n, c.from_seq, c.to_seq, c.destination, p.was`,
      values: [runId, lease, LEASE_SECONDS, o.owner],
    })
    const chunk = rows.at(0)
    if (!chunk) return null

    if (chunk.was === 'leased') await recoverRows(client, runId, chunk)
    await excludeLateRefusals(client, runId, chunk)
    const leased = await client.query<{ seq: number; destination: string }>({
      name: 'lease_rows',
      text: `update deliveries set state = 'leased', lease = $4, not_before = null
              where run_id = $1 and seq = any(array(
                select seq from deliveries where run_id = $1 and seq between $2 and $3
                   and (state = 'pending' or (state = 'deferred' and not_before <= now())) order by seq limit $5::int))
             returning seq, destination`,
      values: [runId, chunk.from_seq, chunk.to_seq, lease, o.limit ?? null],
    })
    return {
      runId,
      n: chunk.n,
      fromSeq: chunk.from_seq,
      toSeq: chunk.to_seq,
      lease,
      destination: chunk.destination,
      rows: leased.rows.sort((a, b) => a.seq - b.seq),
    }
  })
}

/** Keeps a chunk whose windows take long: a mail server may be silent for longer than a lease, and its answer is still awaited */
export async function renewLease(chunk: LeasedChunk): Promise<void> {
  await deliveryPool().query(
    `update delivery_chunks set lease_until = now() + $4 * interval '1 second' where run_id = $1 and n = $2 and lease = $3`,
    [chunk.runId, chunk.n, chunk.lease, LEASE_SECONDS]
  )
}

/** A worker died or lost its lease: name what cannot be known, give the rest back */
async function recoverRows(
  client: pg.PoolClient,
  runId: number,
  chunk: { from_seq: number; to_seq: number }
) {
  await client.query(
    `update deliveries set state = 'pending', lease = null where run_id = $1 and seq between $2 and $3 and state = 'leased'`,
    [runId, chunk.from_seq, chunk.to_seq]
  )
  const lost = await client.query<{ destination: string }>(
    `update deliveries set state = 'uncertain', detail = 'the worker ended while handing over', outcome_at = now()
      where run_id = $1 and seq between $2 and $3 and state = 'handing_over' returning destination`,
    [runId, chunk.from_seq, chunk.to_seq]
  )
  if (!lost.rowCount) return
  await client.query(
    'update campaign_runs set pending = pending - $2, uncertain = uncertain + $2 where id = $1',
    [runId, lost.rowCount]
  )
  await client.query(
    `update run_destinations d set uncertain = d.uncertain + l.n
       from (select x.destination, count(*)::int n from unnest($2::text[]) x(destination) group by 1) l where d.run_id = $1 and d.destination = l.destination`,
    [runId, lost.rows.map((row) => row.destination)]
  )
}

/** Who unsubscribed since the audience was frozen is not written to */
async function excludeLateRefusals(
  client: pg.PoolClient,
  runId: number,
  chunk: { from_seq: number; to_seq: number }
) {
  const late = await client.query<{ seq: number }>({
    name: 'exclude_late',
    text: `update deliveries d set state = 'excluded', reason = 'suppressed', outcome_at = now()
             from campaign_runs r join suppressions s on s.account_id = r.account_id
            where r.id = $1 and d.run_id = $1 and d.seq between $2 and $3 and d.state in ('pending', 'deferred') and s.address = d.address`,
    values: [runId, chunk.from_seq, chunk.to_seq],
  })
  if (late.rowCount) await countExcluded(client, { runId, reason: 'suppressed', n: late.rowCount })
}

/** Counts rows that were to be sent and now are not */
export async function countExcluded(
  client: Pick<pg.PoolClient, 'query'>,
  o: { runId: number; reason: string; n: number }
): Promise<void> {
  await client.query(
    `update campaign_runs set pending = pending - $3, excluded = excluded + $3,
            exclusions = jsonb_set(exclusions, array[$2], to_jsonb(coalesce((exclusions ->> $2)::int, 0) + $3)) where id = $1`,
    [o.runId, o.reason, o.n]
  )
}
