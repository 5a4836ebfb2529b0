import logger from '@adonisjs/core/services/logger'
import { sql } from '#core/database/sql'

/** Parked facts that one plugin may have; of more the oldest go */
const MOST = 200_000

/**
 * Ends facts that were parked for a day and are about nothing that we sent, and those of a plugin that tells of more than it could have
 * sent. Both are written to the log.
 */
export async function tidyParked(now: Date): Promise<void> {
  const gone = await sql<{ plugin_id: string; n: number }>(
    `with old as (
       delete from parked_facts where parked_at < $1::timestamptz - interval '1 day'
       returning plugin_id),
     over as (
       delete from parked_facts p using (
         select place, row_number() over (partition by plugin_id order by place desc) n
           from parked_facts) o
        where p.place = o.place and o.n > $2 returning plugin_id)
     select plugin_id, count(*)::int n from (select * from old union all select * from over) g
      group by plugin_id`,
    [now.toISOString(), MOST]
  )
  for (const { plugin_id: pluginId, n } of gone)
    logger.warn({ pluginId, facts: n }, 'facts about no delivery of the plugin were dropped')
}
