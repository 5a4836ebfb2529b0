import { inTransaction } from '#core/database/in_transaction'
import type { Actor } from '#core/database/actor'
import { sql } from '#core/database/sql'
import { addJob } from '#core/jobs/add_job'
import { noteChange } from '#core/campaigns/lifecycle/change_state'
import { jobFlags } from '#core/campaigns/lifecycle/job_flags'
import { resumeCampaign } from '#core/campaigns/lifecycle/resume_campaign'
import { STALLED_EXPANSIONS } from './engine_stuck.js'
import { freeDeadLeases } from '../dispatch/free_dead_leases.js'
import { releaseCanary } from './check_canaries.js'
import { queueDispatches } from '../dispatch/queue_dispatch.js'

/**
 * Gives what is stuck a push, each in the way that is safe for it: nothing here sends a message that may have been sent.
 *
 * @param o.what `chunks`: leases that ran out are taken over. `expansions`: those that have no job get one. `canary`: the rest of
 *   `runId` is let go, in the name of `by`; its campaign goes on when the canary had paused it. `jobs`: failed jobs are tried
 *   anew. `lane`: the bucket `key` is not blocked any more
 * @returns how many were helped
 * @throws CampaignStateError when somebody moved the campaign on meanwhile
 */
export async function unstick(
  o:
    | { what: 'chunks' | 'expansions' | 'jobs' }
    | { what: 'canary'; runId: number; by: Actor; now: Date }
    | { what: 'lane'; key: string }
): Promise<number> {
  switch (o.what) {
    case 'chunks':
      return takeOverChunks()
    case 'expansions':
      return expandAgain()
    case 'canary':
      return letCanaryGo(o)
    case 'jobs':
      return tryJobsAnew()
    case 'lane':
      return unblockLane(o.key)
  }
}

/** Whoever leases next recovers them: what was leased is sent, what was being handed over is named uncertain */
async function takeOverChunks(): Promise<number> {
  await freeDeadLeases()
  const expired = await sql<{ plugin_id: string; channel: string; n: number }>(
    `select g.plugin_id, g.channel, count(*)::int n from delivery_chunks c
      join campaign_runs r on r.id = c.run_id join campaigns g on g.id = r.campaign_id
      where c.state = 'leased' and c.lease_until < now() and r.state in ('expanding', 'running')
        group by 1, 2`
  )
  for (const row of expired)
    await queueDispatches({ pluginId: row.plugin_id, channel: row.channel })
  return expired.reduce((sum, row) => sum + row.n, 0)
}

async function expandAgain(): Promise<number> {
  const runs = await sql<{
    id: number
    campaign_id: string
    account_id: string
    plugin_id: string
  }>(`select r.id, r.campaign_id, r.account_id, g.plugin_id ${STALLED_EXPANSIONS}`)
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

async function letCanaryGo(o: { runId: number; by: Actor; now: Date }): Promise<number> {
  const [run] = await sql<{
    campaign_id: string
    account_id: string
    plugin_id: string
    channel: string
    paused: boolean
    canary_state: string
  }>(
    `select r.campaign_id, r.account_id, g.plugin_id, g.channel, g.state = 'paused' paused,
      r.canary_state
       from campaign_runs r join campaigns g on g.id = r.campaign_id
      where r.id = $1 and r.state in ('expanding', 'running') and r.canary_state in ('sending',
        'waiting', 'failed')`,
    [o.runId]
  )
  if (!run) return 0
  const campaign = { id: run.campaign_id, accountId: run.account_id, pluginId: run.plugin_id }
  /** Its job lets the rest go, as when the client resumes */
  if (run.paused && run.canary_state === 'failed') {
    await resumeCampaign({ campaign, by: o.by, now: o.now })
    return 1
  }
  await inTransaction((trx) =>
    noteChange({
      campaignId: campaign.id,
      accountId: campaign.accountId,
      in: ['running'],
      by: o.by,
      happened: { what: 'canary_released', data: {} },
      trx,
    })
  )
  await releaseCanary(o.runId)
  await queueDispatches({ pluginId: run.plugin_id, channel: run.channel })
  return 1
}

async function tryJobsAnew(): Promise<number> {
  const rows = await sql(
    `select 1 from graphile_worker.reschedule_jobs(
       array(select id from graphile_worker.jobs where attempts >= max_attempts
         and locked_at is null), run_at := now(), attempts := 0)`
  )
  return rows.length
}

async function unblockLane(key: string): Promise<number> {
  const rows = await sql(
    `update rate_buckets set blocked_until = null, faults = 0, why = '', updated_at = now()
      where key = $1 and blocked_until > now() returning 1`,
    [key]
  )
  if (rows.length === 0) return 0
  const [pluginId] = key.split(' ')
  const channels = await sql<{ channel: string }>(
    `select distinct channel from campaigns where plugin_id = $1 and state = 'running'`,
    [pluginId]
  )
  for (const { channel } of channels) await queueDispatches({ pluginId, channel })
  return rows.length
}
