import { sql } from '#core/database/sql'
import { addJob } from '#core/jobs/add_job'
import { jobFlags } from '#core/campaigns/job_flags'
import { freeDeadLeases } from './free_dead_leases.js'
import { releaseCanary } from './judge_canaries.js'
import { queuePumps } from './queue_pumps.js'

/**
 * Gives what is stuck a push, each in the way that is safe for it: nothing here sends a message that may have been sent.
 *
 * @param o.what `chunks`: leases that ran out are given back. `expansions`: those that have no job get one. `canary`: the rest of
 *   `runId` is let go. `jobs`: failed jobs are tried anew. `lane`: the bucket `key` is not blocked any more
 * @returns how many were helped
 */
export async function unstick(
  o:
    | { what: 'chunks' | 'expansions' | 'jobs' }
    | { what: 'canary'; runId: number }
    | { what: 'lane'; key: string }
): Promise<number> {
  switch (o.what) {
    case 'chunks': {
      const freed = await freeDeadLeases()
      const expired = await sql<{ plugin_id: string; channel: string }>(
        `select distinct g.plugin_id, g.channel from delivery_chunks c join campaign_runs r on r.id = c.run_id join campaigns g on g.id = r.campaign_id
          where c.state = 'leased' and c.lease_until < now() and r.state in ('expanding', 'running')`
      )
      for (const row of expired) await queuePumps({ pluginId: row.plugin_id, channel: row.channel })
      return freed + expired.length
    }
    case 'expansions': {
      const runs = await sql<{
        id: number
        campaign_id: string
        account_id: string
        plugin_id: string
      }>(
        `select r.id, r.campaign_id, r.account_id, g.plugin_id from campaign_runs r join campaigns g on g.id = r.campaign_id
          where r.state = 'expanding' and g.state = 'running' and g.kind = 'messaging'`
      )
      for (const run of runs)
        await addJob(
          'delivery.expand',
          { runId: run.id },
          {
            key: `begin:${run.id}`,
            flags: jobFlags({
              id: run.campaign_id,
              accountId: run.account_id,
              pluginId: run.plugin_id,
            }),
          }
        )
      return runs.length
    }
    case 'canary': {
      if (!(await releaseCanary(o.runId))) return 0
      const [run] = await sql<{ plugin_id: string; channel: string }>(
        `select g.plugin_id, g.channel from campaign_runs r join campaigns g on g.id = r.campaign_id where r.id = $1 and g.state = 'running'`,
        [o.runId]
      )
      if (run) await queuePumps({ pluginId: run.plugin_id, channel: run.channel })
      return 1
    }
    case 'jobs': {
      const rows = await sql(
        `select 1 from graphile_worker.reschedule_jobs(
           array(select id from graphile_worker._private_jobs where attempts >= max_attempts and locked_at is null), run_at := now(), attempts := 0)`
      )
      return rows.length
    }
    case 'lane': {
      const rows = await sql(
        `update rate_buckets set blocked_until = null, faults = 0, why = '', updated_at = now() where key = $1 and blocked_until is not null returning 1`,
        [o.key]
      )
      const [pluginId] = o.key.split(' ')
      const channels = await sql<{ channel: string }>(
        'select distinct channel from campaigns where plugin_id = $1',
        [pluginId]
      )
      for (const { channel } of channels) await queuePumps({ pluginId, channel })
      return rows.length
    }
  }
}
