import { systemClock } from '#core/database/clock'
import { tasks } from '#core/jobs/task_registry'
import { addJob } from '#core/jobs/add_job'
import { jobFlags } from '#core/campaigns/lifecycle/job_flags'
import { queueControl } from '#core/campaigns/lifecycle/queue_control'
import pluginKernel from '#core/plugins/main'
import { controlRun } from './media/control_run.js'
import { beginEngagement, advanceEngagement } from './engagement/engagement.js'
import { expandRun } from './expansion/expand_run.js'
import { finishRun } from './ending/finish_run.js'
import { checkCanaries, releaseCanary } from './operations/check_canaries.js'
import { beginMedia, observeMedia } from './media/media.js'
import { deliveryPool } from '#core/runs/delivery_pool'
import { runDispatch } from './dispatch/run_dispatch.js'
import { queueDispatches } from './dispatch/queue_dispatch.js'
import { lookUpUncertain, queueLookUp } from './uncertain/look_up_uncertain.js'
import { retireRuns } from './operations/retire_runs.js'
import { loadRun } from '#core/runs/load_run'
import type { Run } from '#core/runs/run'
import { settleRuns } from './settlement/settle_runs.js'
import { tidyEngine } from './operations/tidy_engine.js'

declare global {
  namespace GraphileWorker {
    interface Tasks {
      'delivery.dispatch': { pluginId: string; channel: string; n: number }
      'delivery.expand': { runId: number }
      'delivery.resume': { runId: number }
      'delivery.finish': { runId: number }
      'delivery.control': { runId: number }
      'delivery.look_up': { runId: number; round: number }
      'delivery.sweep': Record<string, never>
      'delivery.retire': Record<string, never>
      'delivery.begin_media': { runId: number }
      'delivery.observe_media': { runId: number }
      'delivery.begin_engagement': { runId: number }
      'delivery.advance_engagement': { runId: number }
    }
  }
}

/** Seconds between two looks at a network or at work in hand */
const LOOK_AGAIN_SECONDS = 60

/** What the delivery engine does in the background */
export function registerDeliveryTasks(): void {
  tasks
    .add({ name: 'delivery.dispatch', handler: runDispatch, lane: 'bulk' })
    .add({ name: 'delivery.expand', handler: withRun(expand) })
    .add({ name: 'delivery.resume', handler: withRun(resume), lane: 'prompt' })
    .add({ name: 'delivery.finish', handler: withRun(finish) })
    .add({
      name: 'delivery.control',
      handler: withRun((run) => controlRun(run, systemClock.now())),
      lane: 'prompt',
    })
    .add({ name: 'delivery.look_up', handler: lookUpAgain })
    .add({ name: 'delivery.sweep', handler: sweep, cron: '* * * * *' })
    .add({
      name: 'delivery.retire',
      cron: '17 3 * * *',
      handler: async () => {
        await retireRuns()
        await tidyEngine()
      },
    })
    .add({
      name: 'delivery.begin_media',
      handler: withRun(async (run) => (await beginMedia(run)) && queueWork(run)),
    })
    .add({ name: 'delivery.observe_media', handler: withRun(observe) })
    .add({
      name: 'delivery.begin_engagement',
      handler: withRun(async (run) => (await beginEngagement(run)) && queueWork(run)),
    })
    .add({ name: 'delivery.advance_engagement', handler: withRun(advance) })
}

type Helpers = { abortSignal?: AbortSignal }

function withRun(work: (run: Run, helpers: Helpers) => Promise<unknown>) {
  return async (payload: unknown, helpers: Helpers) => {
    const runId = (payload as { runId?: unknown } | null)?.runId
    if (typeof runId !== 'number') throw new Error('the job names no run')
    const run = await loadRun(runId)
    if (run) await work(run, helpers)
  }
}

const flagsOf = (run: Run) =>
  jobFlags({ id: run.campaignId, accountId: run.accountId, pluginId: run.pluginId })

/** Expands a run slice by slice; sending begins after the first */
async function expand(run: Run, helpers: Helpers) {
  const { channel } = pluginKernel.channel(run.channel)
  if (channel.kind !== 'messaging') throw new Error(`Run ${run.id} is not a messaging run`)
  let first = true
  await expandRun(run, channel.address, {
    signal: helpers.abortSignal,
    afterSlice: async (slice) => {
      if (!slice.more) await finish(run)
      if (!first && slice.more) return
      first = false
      await queueWork(run)
    },
  })
  if (helpers.abortSignal?.aborted) await queueBegin(run)
}

/** Asks the far side once more about what is uncertain, and comes back later when it still cannot tell */
async function lookUpAgain(payload: unknown) {
  const { runId, round } = payload as { runId?: unknown; round?: unknown }
  if (typeof runId !== 'number' || typeof round !== 'number')
    throw new Error('the job names no run')
  const run = await loadRun(runId)
  if (!run) return
  const open = await lookUpUncertain({ run })
  if (open > 0) await queueLookUp({ runId, pluginId: run.pluginId, round, now: systemClock.now() })
}

/** Goes on after a pause. Whoever resumes a campaign that its canary held back lets the rest go */
async function resume(run: Run) {
  if (run.rules.canaryPercent !== null && run.canaryState === 'failed') await releaseCanary(run.id)
  if (run.state === 'expanding') await queueBegin(run)
  if (run.state === 'running' || run.kind === 'messaging') await queueWork(run)
}

/** Queues the preparation of a run: its recipients, its steps at the network, its milestones. Each goes on where it stands */
async function queueBegin(run: Run) {
  await addJob(
    run.kind === 'messaging' ? 'delivery.expand' : `delivery.begin_${run.kind}`,
    { runId: run.id },
    { key: `begin:${run.id}`, flags: flagsOf(run) }
  )
}

/** Queues what a live run needs next; jobs with the same key are one job */
async function queueWork(run: Run) {
  switch (run.kind) {
    case 'media':
      return addJob(
        'delivery.observe_media',
        { runId: run.id },
        { key: `observe:${run.id}`, flags: flagsOf(run) }
      )
    case 'engagement':
      return addJob(
        'delivery.advance_engagement',
        { runId: run.id },
        { key: `advance:${run.id}`, flags: flagsOf(run) }
      )
    case 'messaging':
      return queueDispatches(run)
  }
}

async function finish(run: Run) {
  if ((await finishRun(run.id, systemClock.now())) === 'in_flight')
    await addJob(
      'delivery.finish',
      { runId: run.id },
      { key: `finish:${run.id}`, runAt: new Date(systemClock.now().getTime() + 1_000) }
    )
}

async function observe(run: Run) {
  const end = await observeMedia(run, systemClock.now())
  if (end === 'open')
    await addJob(
      'delivery.observe_media',
      { runId: run.id },
      { key: `observe:${run.id}`, runAt: lookAgain(), flags: flagsOf(run) }
    )
}

async function advance(run: Run) {
  const end = await advanceEngagement(run, systemClock.now())
  if (end === 'open')
    await addJob(
      'delivery.advance_engagement',
      { runId: run.id },
      { key: `advance:${run.id}`, runAt: lookAgain(), flags: flagsOf(run) }
    )
}

const lookAgain = () => new Date(systemClock.now().getTime() + LOOK_AGAIN_SECONDS * 1_000)

/**
 * Every minute: canaries are classified, deadlines kept, holds that waited for receipts ended, and no live run is without a job,
 * whatever was killed meanwhile
 */
async function sweep() {
  await checkCanaries({ now: systemClock.now() })
  await settleRuns(systemClock.now())
  const { rows } = await deliveryPool().query<{
    id: number
    state: string
    campaign_state: string
    late: boolean
  }>(
    `select r.id, r.state, c.state campaign_state, coalesce(r.deadline_at <= now(), false) late
       from campaign_runs r join campaigns c on c.id = r.campaign_id where r.state in ('expanding',
         'running')`
  )
  for (const row of rows) {
    const run = await loadRun(row.id)
    if (!run) continue
    const cancelled = row.campaign_state === 'cancelled'
    if (run.kind === 'messaging' && (cancelled || row.late))
      await addJob('delivery.finish', { runId: run.id }, { key: `finish:${run.id}` })
    else if (cancelled) await queueControl({ campaignId: run.campaignId })
    else if (row.campaign_state !== 'running') continue
    else if (row.state === 'running') {
      if (run.kind === 'messaging') await finishRun(run.id, systemClock.now())
      await queueWork(run)
    } else await queueBegin(run)
  }
}
