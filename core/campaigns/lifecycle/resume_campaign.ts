import { inTransaction } from '#core/database/in_transaction'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import type { Actor } from '#core/database/actor'
import { sql } from '#core/database/sql'
import { addJob } from '#core/jobs/add_job'
import { changeState } from './change_state.js'
import { jobFlags } from './job_flags.js'
import { queueControl } from './queue_control.js'
import { resumeSchedule } from '#core/schedules/move_schedule'
import { occurrenceAfter, readSchedule, type Schedule } from '#core/schedules/read_schedule'
import { tickSoon } from '../occurrences/schedule_campaign.js'

/**
 * Resumes a paused campaign where it stopped: its run goes on or, between two occurrences, its schedule does.
 *
 * @throws CampaignStateError when it is not paused
 */
export async function resumeCampaign(o: {
  campaign: { id: string; accountId: string; pluginId: string }
  by: Actor
  why?: string
  now: Date
}): Promise<void> {
  const { campaign } = o
  await inTransaction(async (trx) => {
    await sql(
      'select 1 from campaigns where id = $1::uuid and account_id = $2::uuid for no key update',
      [campaign.id, campaign.accountId],
      trx
    )
    const runs = await sql<{ id: number }>(
      `select id from campaign_runs where campaign_id = $1::uuid and state in ('expanding',
        'running')`,
      [campaign.id],
      trx
    )
    const schedule = await readSchedule({
      campaignId: campaign.id,
      accountId: campaign.accountId,
      trx,
    })
    const waits = runs.length === 0 && schedule?.state === 'active'
    await changeState({
      campaignId: campaign.id,
      accountId: campaign.accountId,
      from: ['paused'],
      to: waits ? 'scheduled' : 'running',
      by: o.by,
      why: o.why,
      trx,
    })
    if (waits) return leavePauseOut({ campaign, schedule, now: o.now, trx })

    await queueControl({ campaignId: campaign.id, trx })
    for (const run of runs)
      await addJob(
        'delivery.resume',
        { runId: run.id },
        { key: `resume:${run.id}`, flags: jobFlags(campaign), trx }
      )
  })
}

/**
 * Occurrences that fell into the pause are left out, and recorded as that. The one that people were asked about, or the only
 * one, is made now; unless the next is due as well, which then stands for both.
 */
async function leavePauseOut(o: {
  campaign: { id: string; accountId: string }
  schedule: Schedule
  now: Date
  trx: TransactionClientContract
}): Promise<void> {
  const { schedule, now } = o
  const due = schedule.nextAt !== null && schedule.nextAt <= now ? schedule.nextAt : null
  const asked =
    due !== null &&
    (schedule.recurrence === 'once' || schedule.refusedAt?.getTime() === due.getTime())
  const following = due && occurrenceAfter({ schedule, after: due, done: schedule.occurrences + 1 })
  const wanted = asked && !(following && following <= now)
  const { id: campaignId, accountId } = o.campaign
  await resumeSchedule({ campaignId, accountId, now, wanted, trx: o.trx })
  if (due) await tickSoon(o.trx)
}
