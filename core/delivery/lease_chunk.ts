import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { inTransaction } from './pool.js'

/** Seconds after which a silent worker's chunk may be taken by another. Each window renews it */
export const LEASE_SECONDS = 60

export type LeasedChunk = {
  readonly n: number
  readonly fromSeq: number
  readonly toSeq: number
  readonly lease: string
  readonly rows: number
}

/**
 * Leases the next chunk of a running campaign: its waiting rows become `leased` under a token of this lease. A chunk
 * whose lease ran out is recovered first: what was leased is safe to send, what was being handed over is uncertain.
 *
 * @returns null when the campaign does not run or no chunk is free
 */
export async function leaseChunk(runId: number): Promise<LeasedChunk | null> {
  const lease = randomUUID()
  return inTransaction(async (client) => {
    const { rows } = await client.query<{
      n: number
      from_seq: number
      to_seq: number
      was: string
    }>({
      name: 'lease_chunk',
      text: `with picked as (
               select c.run_id, c.n, c.state was
                 from delivery_chunks c
                 join campaign_runs r on r.id = c.run_id
                 join campaigns g on g.id = r.campaign_id
                where c.run_id = $1 and r.state = 'running' and g.state = 'running'
                  and ((c.state = 'open' and c.not_before <= now()) or (c.state = 'leased' and c.lease_until < now()))
                order by c.n limit 1 for update of c skip locked)
             update delivery_chunks c set state = 'leased', lease = $2, lease_until = now() + $3 * interval '1 second'
               from picked p where c.run_id = p.run_id and c.n = p.n
             returning c.n, c.from_seq, c.to_seq, p.was`,
      values: [runId, lease, LEASE_SECONDS],
    })
    const chunk = rows.at(0)
    if (!chunk) return null

    if (chunk.was === 'leased') await recoverRows(client, runId, chunk)
    await excludeLateRefusals(client, runId, chunk)
    const leased = await client.query({
      name: 'lease_rows',
      text: `update deliveries set state = 'leased', lease = $4, not_before = null
              where run_id = $1 and seq between $2 and $3
                and (state = 'pending' or (state = 'deferred' and not_before <= now()))`,
      values: [runId, chunk.from_seq, chunk.to_seq, lease],
    })
    return {
      n: chunk.n,
      fromSeq: chunk.from_seq,
      toSeq: chunk.to_seq,
      lease,
      rows: leased.rowCount ?? 0,
    }
  })
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
  const lost = await client.query(
    `update deliveries set state = 'uncertain', detail = 'the worker ended while handing over', outcome_at = now()
      where run_id = $1 and seq between $2 and $3 and state = 'handing_over'`,
    [runId, chunk.from_seq, chunk.to_seq]
  )
  if (!lost.rowCount) return
  await client.query(
    'update campaign_runs set pending = pending - $2, uncertain = uncertain + $2 where id = $1',
    [runId, lost.rowCount]
  )
}

/** Who unsubscribed since the audience was frozen is not written to */
async function excludeLateRefusals(
  client: pg.PoolClient,
  runId: number,
  chunk: { from_seq: number; to_seq: number }
) {
  const late = await client.query({
    name: 'exclude_late',
    text: `update deliveries d set state = 'excluded', reason = 'suppressed', outcome_at = now()
             from campaign_runs r join suppressions s on s.account_id = r.account_id
            where r.id = $1 and d.run_id = $1 and d.seq between $2 and $3 and d.state in ('pending', 'deferred') and s.address = d.address`,
    values: [runId, chunk.from_seq, chunk.to_seq],
  })
  if (!late.rowCount) return
  await client.query(
    `update campaign_runs set pending = pending - $2, excluded = excluded + $2,
            exclusions = jsonb_set(exclusions, '{suppressed}', to_jsonb(coalesce((exclusions ->> 'suppressed')::int, 0) + $2)) where id = $1`,
    [runId, late.rowCount]
  )
}
