import logger from '@adonisjs/core/services/logger'
import { inTransaction } from '#core/database/in_transaction'
import { deliveryPool } from '#core/runs/delivery_pool'

/** Days after their end that deliveries and events of a run are kept, when RETENTION_DAYS does not say otherwise */
const KEPT_DAYS = 400

/**
 * Takes away the rows of runs that ended long ago. A large run has partitions of its own and goes at once; small runs share
 * partitions, which go when the last of their runs is due. Counters, rollups, reports, holds and the ledger stay. A
 * campaign for newcomers that goes on keeps all its runs: they say whom it has reached.
 *
 * DETACH locks the parent for a moment: when somebody holds it, the next night tries again.
 *
 * @param o.keptDays days after the end of a run
 * @returns names of the partitions that were dropped
 */
export async function retireRuns(o: { keptDays?: number } = {}): Promise<string[]> {
  const { rows } = await deliveryPool().query<{ parent: string; child: string }>(
    `select p.relname parent, c.relname child
       from pg_inherits i join pg_class p on p.oid = i.inhparent
         join pg_class c on c.oid = i.inhrelid
       cross join lateral (select (regexp_match(pg_get_expr(c.relpartbound, c.oid),
         'FROM \\(''?(\\d+)''?\\) TO \\(''?(\\d+)''?\\)'))) bounds(b)
      where p.oid in ('deliveries'::regclass, 'delivery_parts'::regclass,
        'events'::regclass)
        and exists (select 1 from campaign_runs r where r.id >= b[1]::int and r.id < b[2]::bigint)
        and not exists (select 1 from campaign_runs r where r.id >= b[1]::int
          and r.id < b[2]::bigint
                           and (r.finished_at is null
                             or r.finished_at > now() - $1::int * interval '1 day'
                                or exists (select 1 from campaigns g where g.id = r.campaign_id
                                  and g.newcomers_only and g.state in ('scheduled', 'running',
                                  'paused'))))
        and (select last_value from campaign_runs_id_seq) not between b[1]::bigint
          and b[2]::bigint - 1
      order by p.relname, c.relname`,
    [o.keptDays ?? keptDays()]
  )
  const dropped: string[] = []
  for (const { parent, child } of rows) {
    try {
      await inTransaction(deliveryPool(), async (client) => {
        await client.query(`set local lock_timeout = '2s'`)
        await client.query(`alter table ${quoted(parent)} detach partition ${quoted(child)}`)
        await client.query(`drop table ${quoted(child)}`)
      })
      dropped.push(child)
    } catch (error) {
      logger.warn({ err: error, partition: child }, 'a partition could not be retired; next night')
    }
  }
  return dropped
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`

function keptDays(): number {
  const days = Number(process.env.RETENTION_DAYS)
  return Number.isSafeInteger(days) && days > 0 ? days : KEPT_DAYS
}
