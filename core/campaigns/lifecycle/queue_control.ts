import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { sql } from '#core/database/sql'
import { addJob } from '#core/jobs/add_job'
import { jobFlags } from './job_flags.js'

/** Tries of a call to the far side: four days of them. A network that is away for an hour must still hear of a pause */
const TRIES = 25

/**
 * Queues a call that makes the far side of live media and engagement runs follow the campaign's state. It waits while the plugin
 * is away, and does what the state asks for then.
 */
export async function queueControl(o: {
  campaignId: string
  trx?: TransactionClientContract
}): Promise<void> {
  const runs = await sql<{ id: number; account_id: string; plugin_id: string }>(
    `select r.id, c.account_id, c.plugin_id from campaign_runs r
      join campaigns c on c.id = r.campaign_id
      where r.campaign_id = $1::uuid and r.state in ('expanding', 'running')
        and c.kind <> 'messaging'`,
    [o.campaignId],
    o.trx
  )
  for (const run of runs)
    await addJob(
      'delivery.control',
      { runId: run.id },
      {
        key: `control:${run.id}`,
        flags: jobFlags({
          id: o.campaignId,
          accountId: run.account_id,
          pluginId: run.plugin_id,
        }),
        maxAttempts: TRIES,
        trx: o.trx,
      }
    )
}
