import type { LeasedChunk } from './lease_chunk.js'
import { deliveryPool } from './pool.js'

/**
 * Gives a chunk back after its windows have settled: done when no row is open, else open again, not before the first
 * deferred row is due. Rows that were leased but not handed over (pause, stop, no tokens) wait as before.
 *
 * @param o.waitSeconds when rows were left because a rate was used up: seconds until it is worth trying again
 * @param o.unsent rows that may be handing_over, and of which the caller knows that they were not sent: they wait as before too
 */
export async function returnChunk(
  chunk: LeasedChunk,
  o: { waitSeconds: number; unsent: readonly number[] }
): Promise<void> {
  await deliveryPool().query({
    name: 'return_chunk',
    text: `with freed as (
             update deliveries set state = 'pending', lease = null where run_id = $1 and seq between $2 and $3 and lease = $4
                and (state = 'leased' or (state = 'handing_over' and seq = any($7::int[]))) returning 1
           ), open_rows as (
             select (select count(*) from freed) + count(*) filter (where state in ('pending', 'deferred')) n,
                    case when (select count(*) from freed) + count(*) filter (where state = 'pending') > 0 then now() + $6::float * interval '1 second'
                         else min(not_before) filter (where state = 'deferred') end due
               from deliveries where run_id = $1 and seq between $2 and $3
           )
           update delivery_chunks c set state = case when o.n = 0 then 'done' else 'open' end, lease = null, lease_until = null, owner = null, not_before = coalesce(o.due, now())
             from open_rows o where c.run_id = $1 and c.n = $5 and c.lease = $4`,
    values: [
      chunk.runId,
      chunk.fromSeq,
      chunk.toSeq,
      chunk.lease,
      chunk.n,
      o.waitSeconds,
      [...o.unsent],
    ],
  })
}
