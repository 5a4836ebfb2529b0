import type { MediaChannel, StepOutcome } from '@griot/sdk'
import pluginKernel from '#core/plugins/main'
import { pauseCampaign } from '#core/campaigns/lifecycle/pause_campaign'
import { SYSTEM } from '#core/database/actor'
import { endRunBadly } from '../ending/end_run_badly.js'
import { finishRun } from '../ending/finish_run.js'
import { campaignState } from '../campaign_state.js'
import { deliveryPool } from '#core/runs/delivery_pool'
import { runInfo } from '#core/runs/run_info'
import { startRun } from '#core/runs/start_run'
import type { Run } from '#core/runs/run'
import { settleSpend } from './settle_spend.js'
import { moveStep, readSteps, recordSteps, type RecordedStep } from './steps.js'

/** Milliseconds for one call to a network */
const STEP_MS = 60_000

function mediaOf(run: Run): { channel: MediaChannel; pluginId: string } {
  const { channel, pluginId } = pluginKernel.channel(run.channel)
  if (channel.kind !== 'media') throw new Error(`Run ${run.id} is ${channel.kind}, not media`)
  return { channel, pluginId }
}

const applied = (steps: readonly RecordedStep[]) => steps.filter((step) => step.state === 'done')

/**
 * Places a run with its network: the plan is written first, then each step is recorded before the next. Safe to
 * repeat after a crash: a step that was being handed over is uncertain, and a person decides.
 *
 * @returns whether the run is placed
 */
export async function beginMedia(run: Run): Promise<boolean> {
  const { channel, pluginId } = mediaOf(run)
  const info = runInfo(run)
  if ((await readSteps(run.id)).length === 0) {
    await recordSteps(
      run.id,
      await pluginKernel.calls.callPure({ pluginId, operation: 'plan' }, (ctx) =>
        channel.plan(ctx, info)
      )
    )
  }

  for (const step of await readSteps(run.id)) {
    if (step.state === 'done') continue
    /** Paused or cancelled between two steps: whoever resumes it queues this again */
    if ((await campaignState(run)) !== 'running') return false
    if (step.state === 'handing_over' || step.state === 'uncertain') {
      await moveStep({
        runId: run.id,
        n: step.n,
        from: ['handing_over'],
        to: 'uncertain',
        detail: 'the worker ended during this step',
      })
      await askPeople(run, step)
      return false
    }
    if (
      !(await moveStep({
        runId: run.id,
        n: step.n,
        from: ['pending', 'failed'],
        to: 'handing_over',
      }))
    )
      return false

    const done = applied(await readSteps(run.id))
    const outcome = await pluginKernel.calls
      .call({ pluginId, operation: 'apply', timeoutMs: STEP_MS }, (ctx) =>
        channel.apply(ctx, info, step, done)
      )
      .catch((error: unknown): StepOutcome => ({
        status: 'unknown',
        detail: (error as Error).message,
      }))
    if (!(await recordOutcome(run, step, outcome))) {
      if (outcome.status === 'failed') await stopAndFail(run, channel, pluginId, outcome.detail)
      else await askPeople(run, step)
      return false
    }
  }
  await startRun(deliveryPool(), run.id)
  return true
}

async function recordOutcome(run: Run, step: RecordedStep, outcome: StepOutcome): Promise<boolean> {
  const to =
    outcome.status === 'done' ? 'done' : outcome.status === 'failed' ? 'failed' : 'uncertain'
  await moveStep({
    runId: run.id,
    n: step.n,
    from: ['handing_over'],
    to,
    providerKey: outcome.status === 'done' ? outcome.providerKey : null,
    detail: outcome.detail,
  })
  return to === 'done'
}

/** Nobody knows whether the network did a step: it is never done again by the machine */
async function askPeople(run: Run, step: RecordedStep) {
  await pauseCampaign({
    campaign: { id: run.campaignId, accountId: run.accountId },
    by: SYSTEM,
    happened: { what: 'step_uncertain', data: { step: step.title } },
  })
}

async function stopAndFail(run: Run, channel: MediaChannel, pluginId: string, why: string) {
  const done = applied(await readSteps(run.id))
  await pluginKernel.calls.call({ pluginId, operation: 'stop', timeoutMs: STEP_MS }, (ctx) =>
    channel.stop(ctx, runInfo(run), done)
  )
  await endRunBadly(run, why)
}

/**
 * Looks at what the network spent, settles what is new, and stops at the approved ceiling or when the network has ended.
 */
export async function observeMedia(run: Run, now: Date): Promise<'open' | 'over'> {
  const { channel, pluginId } = mediaOf(run)
  const done = applied(await readSteps(run.id))
  const seen = await pluginKernel.calls.call(
    { pluginId, operation: 'observe', timeoutMs: STEP_MS },
    (ctx) => channel.observe(ctx, runInfo(run), done)
  )

  let exhausted = false
  for (const report of seen.reports)
    exhausted =
      (await settleSpend({ run, key: report.key, units: report.units })).exhausted || exhausted
  if (!exhausted && !seen.ended) return 'open'

  await pluginKernel.calls.call({ pluginId, operation: 'stop', timeoutMs: STEP_MS }, (ctx) =>
    channel.stop(ctx, runInfo(run), done)
  )
  await finishRun(run.id, now)
  return 'over'
}

/** Makes the network follow the campaign: paused, running again, or over with its last spend settled */
export async function controlMedia(
  run: Run,
  state: 'paused' | 'running' | 'cancelled',
  now: Date
): Promise<void> {
  const { channel, pluginId } = mediaOf(run)
  const done = applied(await readSteps(run.id))
  const info = runInfo(run)
  if (state === 'paused')
    return pluginKernel.calls.call({ pluginId, operation: 'pause', timeoutMs: STEP_MS }, (ctx) =>
      channel.pause(ctx, info, done)
    )
  if (state === 'running')
    return pluginKernel.calls.call({ pluginId, operation: 'resume', timeoutMs: STEP_MS }, (ctx) =>
      channel.resume(ctx, info, done)
    )

  await pluginKernel.calls.call({ pluginId, operation: 'stop', timeoutMs: STEP_MS }, (ctx) =>
    channel.stop(ctx, info, done)
  )
  const last = await pluginKernel.calls.call(
    { pluginId, operation: 'observe', timeoutMs: STEP_MS },
    (ctx) => channel.observe(ctx, info, done)
  )
  for (const report of last.reports)
    await settleSpend({ run, key: report.key, units: report.units })
  await finishRun(run.id, now)
}
