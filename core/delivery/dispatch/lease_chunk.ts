import { randomUUID } from 'node:crypto'
import { inTransaction } from '#core/database/in_transaction'
import { deliveryPool } from '#core/runs/delivery_pool'
import { excludeUnwilling } from '#core/runs/deliveries/exclude_deliveries'
import { leaseDeliveries, type LeasedDelivery } from '#core/runs/deliveries/lease_deliveries'
import { recoverDeliveries } from '#core/runs/deliveries/recover_deliveries'
import debug from '../debug.js'

/** Seconds after which a silent worker's chunk may be taken by another. Each window renews it */
export const LEASE_SECONDS = 60

export type LeasedChunk = {
  readonly runId: number
  readonly n: number
  readonly fromSeq: number
  readonly toSeq: number
  readonly lease: string
  readonly destination: string
  /** Its worker died: some of its rows may be uncertain */
  readonly recovered: boolean
  /** Rows that were leased, by destination: what a window asks tokens for */
  readonly rows: readonly LeasedDelivery[]
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
 * chunk whose lease ran out is recovered first: what was leased is safe to send, what was being handed over is uncertain. Whoever
 * does not want to be written to any more is left out, each time anew.
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
                where c.run_id = $1 and c.state in ('open', 'leased') and r.state in ('expanding',
                  'running') and g.state = 'running' and a.status = 'active'
                  and (r.deadline_at is null or r.deadline_at > now()) and ${CHUNK_IS_DUE}
                order by c.n limit 1 for update of c skip locked)
             update delivery_chunks c set state = 'leased', lease = $2,
               lease_until = now() + $3 * interval '1 second', owner = $4
               from picked p where c.run_id = p.run_id and c.n = p.n
             returning c.n, c.from_seq, c.to_seq, c.destination, p.was`,
      values: [runId, lease, LEASE_SECONDS, o.owner],
    })
    const chunk = rows.at(0)
    if (!chunk) return null

    const range = { runId, fromSeq: chunk.from_seq, toSeq: chunk.to_seq }
    if (chunk.was === 'leased') await recoverDeliveries(client, range)
    await excludeUnwilling(client, range)
    const leased = await leaseDeliveries(client, { ...range, lease, limit: o.limit })
    debug(
      'run %d: leased %d deliveries of chunk %d for %s',
      runId,
      leased.length,
      chunk.n,
      chunk.destination
    )
    return {
      ...range,
      n: chunk.n,
      lease,
      destination: chunk.destination,
      recovered: chunk.was === 'leased',
      rows: leased,
    }
  })
}

/** Keeps a chunk whose windows take long: a mail server may be silent for longer than a lease, and its answer is still awaited */
export async function renewLease(chunk: LeasedChunk): Promise<void> {
  await deliveryPool().query(
    `update delivery_chunks set lease_until = now() + $4 * interval '1 second' where run_id = $1
      and n = $2 and lease = $3`,
    [chunk.runId, chunk.n, chunk.lease, LEASE_SECONDS]
  )
}
