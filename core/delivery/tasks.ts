import { tasks } from '#core/jobs/task_registry'
import { addJob } from '#core/jobs/add_job'
import { jobFlags } from '#core/campaigns/job_flags'
import pluginKernel from '#core/plugins/main'
import { dispatchRun } from './dispatch_run.js'
import { expandRun } from './expand_run.js'
import { finishRun } from './finish_run.js'
import { deliveryPool } from './pool.js'
import { loadRun, type Run } from './run_snapshot.js'
import { beginEngagement, advanceEngagement } from './engagement.js'
import { controlRun } from './control_run.js'
import { beginMedia, observeMedia } from './media.js'

/** Slices of one run that may be at work at once, over all workers */
const SLICES = 4
/** Seconds between two looks at a network or at work in hand */
const LOOK_AGAIN_SECONDS = 60

/** What the delivery engine does in the background */
export function registerDeliveryTasks(): void {
  tasks
    .add({ name: 'delivery.expand', handler: withRun(expand) })
    .add({ name: 'delivery.dispatch', handler: withRun(dispatch) })
    .add({ name: 'delivery.resume', handler: withRun(queueWork) })
    .add({ name: 'delivery.finish', handler: withRun(finish) })
    .add({ name: 'delivery.control', handler: withRun(controlRun) })
    .add({ name: 'delivery.sweep', handler: sweep, cron: '* * * * *' })
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
    const run = await loadRun(deliveryPool(), runId)
    if (run) await work(run, helpers)
  }
}

const flagsOf = (run: Run) =>
  jobFlags({ id: run.campaignId, accountId: run.accountId, pluginId: run.pluginId })

async function expand(run: Run) {
  const { channel } = pluginKernel.channel(run.channel)
  if (channel.kind !== 'messaging') throw new Error(`Run ${run.id} is not a messaging run`)
  await expandRun(run, channel.address)
  await queueWork(run)
}

/** Queues what a live run needs next; jobs with the same key are one job */
async function queueWork(run: Run) {
  if (run.kind === 'media')
    return addJob(
      'delivery.observe_media',
      { runId: run.id },
      { key: `observe:${run.id}`, flags: flagsOf(run) }
    )
  if (run.kind === 'engagement')
    return addJob(
      'delivery.advance_engagement',
      { runId: run.id },
      { key: `advance:${run.id}`, flags: flagsOf(run) }
    )
  for (let n = 1; n <= SLICES; n++)
    await addJob(
      'delivery.dispatch',
      { runId: run.id, n },
      { key: `dispatch:${run.id}:${n}`, flags: flagsOf(run) }
    )
}

async function dispatch(run: Run, helpers: Helpers) {
  const end = await dispatchRun({
    run,
    signal: helpers.abortSignal ?? new AbortController().signal,
  })
  if (end === 'slice_over')
    return addJob('delivery.dispatch', { runId: run.id }, { flags: flagsOf(run) })
  if (end === 'nothing_left') return finish(run)
}

async function finish(run: Run) {
  if (run.kind !== 'messaging') return controlRun(run)
  const result = await finishRun(run.id)
  switch (result) {
    case 'in_flight':
      return addJob(
        'delivery.finish',
        { runId: run.id },
        { key: `finish:${run.id}`, runAt: new Date(Date.now() + 1_000) }
      )
    case 'open':
      return wakeForDeferred(run)
    case 'finished':
    case 'cancelled':
    case 'over':
      return undefined
  }
}

/** Rows that wait for their time: come back when the first is due */
async function wakeForDeferred(run: Run) {
  const { rows } = await deliveryPool().query<{ due: Date | null }>(
    `select min(case when state = 'leased' then lease_until else not_before end) due from delivery_chunks where run_id = $1 and state <> 'done'`,
    [run.id]
  )
  const due = rows[0]?.due
  if (due && due.getTime() > Date.now())
    await addJob(
      'delivery.dispatch',
      { runId: run.id },
      { key: `wake:${run.id}`, runAt: due, flags: flagsOf(run) }
    )
}

async function observe(run: Run) {
  const end = await observeMedia(run)
  if (end === 'open')
    await addJob(
      'delivery.observe_media',
      { runId: run.id },
      { key: `observe:${run.id}`, runAt: lookAgain(), flags: flagsOf(run) }
    )
}

async function advance(run: Run) {
  const end = await advanceEngagement(run)
  if (end === 'open')
    await addJob(
      'delivery.advance_engagement',
      { runId: run.id },
      { key: `advance:${run.id}`, runAt: lookAgain(), flags: flagsOf(run) }
    )
}

const lookAgain = () => new Date(Date.now() + LOOK_AGAIN_SECONDS * 1_000)

/** Every minute: no live run is without a job, whatever was killed meanwhile */
async function sweep() {
  const { rows } = await deliveryPool().query<{
    id: number
    state: string
    campaign_state: string
  }>(
    `select r.id, r.state, c.state campaign_state from campaign_runs r join campaigns c on c.id = r.campaign_id where r.state in ('expanding', 'running')`
  )
  for (const row of rows) {
    const run = await loadRun(deliveryPool(), row.id)
    if (!run) continue
    if (row.campaign_state === 'cancelled')
      await addJob('delivery.finish', { runId: run.id }, { key: `finish:${run.id}` })
    else if (row.campaign_state !== 'running') continue
    else if (row.state === 'running') await queueWork(run)
    else
      await addJob(
        run.kind === 'messaging' ? 'delivery.expand' : `delivery.begin_${run.kind}`,
        { runId: run.id },
        { key: `begin:${run.id}`, flags: flagsOf(run) }
      )
  }
}
