import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { sql } from '#core/database/sql'

/**
 * Excludes all of a run that is still to be sent, when it is given up: what was not handed over is not, and what a dead worker was
 * handing over cannot be known.
 *
 * @param o.lostLeases tokens of leases whose worker is gone
 * @returns rows that are being handed over by workers that live: their answers are still awaited
 */
export async function excludeTheRest(o: {
  runId: number
  reason: 'cancelled' | 'deadline'
  lostLeases: readonly string[]
  trx: TransactionClientContract
}): Promise<{ handingOver: number }> {
  await sql(
    `with lost as (
       update deliveries set state = 'uncertain', detail = 'the worker ended while handing over',
         outcome_at = now()
        where run_id = $1 and state = 'handing_over' and lease = any($3::uuid[]) returning 1
     ), rest as (
       update deliveries set state = 'excluded', reason = $2, lease = null, outcome_at = now()
        where run_id = $1 and state in ('pending', 'leased', 'deferred') returning 1
     ), n as (
       select (select count(*)::int from lost) lost, (select count(*)::int from rest) rest)
     update campaign_runs
        set pending = pending - n.lost - n.rest, uncertain = uncertain + n.lost,
          excluded = excluded + n.rest,
            exclusions = case when n.rest = 0 then exclusions
                              else jsonb_set(exclusions, array[$2],
                                to_jsonb(coalesce((exclusions ->> $2)::int, 0) + n.rest)) end
       from n where id = $1`,
    [o.runId, o.reason, [...o.lostLeases]],
    o.trx
  )
  const [{ handingOver }] = await sql<{ handingOver: number }>(
    `select count(*)::int "handingOver" from deliveries where run_id = $1
      and state = 'handing_over'`,
    [o.runId],
    o.trx
  )
  return { handingOver }
}
