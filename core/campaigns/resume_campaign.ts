import db from '@adonisjs/lucid/services/db'
import type { Actor } from '#core/database/actor'
import { sql } from '#core/database/sql'
import { addJob } from '#core/jobs/add_job'
import { changeState } from './change_state.js'
import { jobFlags } from './job_flags.js'
import { queueControl } from './queue_control.js'

/**
 * Resumes a paused campaign where it stopped.
 *
 * @throws CampaignStateError when it is not paused
 */
export async function resumeCampaign(o: {
  campaign: { id: string; accountId: string; pluginId: string }
  by: Actor
  why?: string
}): Promise<void> {
  await db.transaction(async (trx) => {
    await changeState({
      campaignId: o.campaign.id,
      accountId: o.campaign.accountId,
      from: ['paused'],
      to: 'running',
      by: o.by,
      why: o.why,
      trx,
    })
    await queueControl({ campaignId: o.campaign.id, trx })
    const runs = await sql<{ id: number }>(
      `select id from campaign_runs where campaign_id = $1::uuid and state in ('expanding', 'running')`,
      [o.campaign.id],
      trx
    )
    for (const run of runs)
      await addJob(
        'delivery.resume',
        { runId: run.id },
        { key: `resume:${run.id}`, flags: jobFlags(o.campaign), trx }
      )
  })
}
