import type { Milestone } from '@griot/sdk'
import pluginKernel from '#core/plugins/main'
import { endRunBadly } from '../ending/end_run_badly.js'
import { finishRun } from '../ending/finish_run.js'
import { deliveryPool } from '#core/runs/delivery_pool'
import { runInfo } from '#core/runs/run_info'
import { startRun } from '#core/runs/start_run'
import type { Run } from '#core/runs/run'
import { settleSpend } from '../media/settle_spend.js'
import { moveStep, readSteps, recordSteps, type RecordedStep } from '../media/steps.js'

/** Milliseconds for one call of an engagement */
const CALL_MS = 120_000

/** @returns the plugin whose work the run is */
function engagementPlugin(run: Run): string {
  const { channel, pluginId } = pluginKernel.channel(run.channel)
  if (channel.kind !== 'engagement')
    throw new Error(`Run ${run.id} is ${channel.kind}, not an engagement`)
  return pluginId
}

const milestoneOf = (step: RecordedStep): Milestone => ({
  key: step.key,
  title: step.title,
  units: (step.payload?.units ?? {}) as Record<string, number>,
})

/** Opens the work and writes its milestones, once */
export async function beginEngagement(run: Run): Promise<boolean> {
  const pluginId = engagementPlugin(run)
  if ((await readSteps(run.id)).length === 0) {
    const milestones = await pluginKernel.calls.call(
      pluginId,
      `channels.${run.channel}.open`,
      { run: runInfo(run) },
      { timeoutMs: CALL_MS }
    )
    await recordSteps(
      run.id,
      milestones.map((m) => ({ key: m.key, title: m.title, payload: { units: m.units } }))
    )
  }
  await startRun(deliveryPool(), run.id)
  return true
}

/** Moves the open milestones on; each is paid when its deliverable is there */
export async function advanceEngagement(run: Run, now: Date): Promise<'open' | 'over'> {
  const pluginId = engagementPlugin(run)
  if (!(await campaignRuns(run))) return 'over'

  for (const step of await readSteps(run.id)) {
    if (step.state === 'done') continue
    const milestone = milestoneOf(step)
    const outcome = await pluginKernel.calls.call(
      pluginId,
      `channels.${run.channel}.advance`,
      { run: runInfo(run), milestone },
      { timeoutMs: CALL_MS }
    )
    switch (outcome.status) {
      case 'done':
        await settleSpend({ run, key: `milestone:${step.key}`, units: milestone.units })
        await moveStep({
          runId: run.id,
          n: step.n,
          from: ['pending'],
          to: 'done',
          detail: outcome.deliverable,
        })
        break
      case 'waiting':
        await moveStep({
          runId: run.id,
          n: step.n,
          from: ['pending'],
          to: 'pending',
          detail: outcome.detail,
        })
        return 'open'
      case 'failed':
        await moveStep({
          runId: run.id,
          n: step.n,
          from: ['pending'],
          to: 'failed',
          detail: outcome.detail,
        })
        await endRunBadly(run, outcome.detail)
        return 'over'
    }
  }
  await closeEngagement(run, 'finished', now)
  return 'over'
}

/** Ends the work, finished or cancelled, and the run with it */
export async function closeEngagement(
  run: Run,
  how: 'finished' | 'cancelled',
  now: Date
): Promise<void> {
  const pluginId = engagementPlugin(run)
  await pluginKernel.calls.call(
    pluginId,
    `channels.${run.channel}.end`,
    { run: runInfo(run), how },
    { timeoutMs: CALL_MS }
  )
  await finishRun(run.id, now)
}

async function campaignRuns(run: Run): Promise<boolean> {
  const { rows } = await deliveryPool().query<{ state: string }>(
    'select state from campaigns where id = $1',
    [run.campaignId]
  )
  return rows[0]?.state === 'running'
}
