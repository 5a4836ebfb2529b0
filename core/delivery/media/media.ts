import type { StepOutcome } from '@griot/sdk'
import type { ResultOf } from '#core/plugins/hosts/calls'
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

/** @returns the plugin that the run is placed by */
function mediaPlugin(run: Run): string {
  const { channel, pluginId } = pluginKernel.channel(run.channel)
  if (channel.kind !== 'media') throw new Error(`Run ${run.id} is ${channel.kind}, not media`)
  return pluginId
}

/** Asks the network for something about the whole run, with the steps that it has done */
async function askNetwork<Verb extends 'pause' | 'resume' | 'stop' | 'observe'>(
  run: Run,
  verb: Verb
): Promise<ResultOf<`channels.${string}.${Verb}`>> {
  const done = applied(await readSteps(run.id))
  return pluginKernel.calls.call<`channels.${string}.${Verb}`>(
    mediaPlugin(run),
    `channels.${run.channel}.${verb}`,
    { run: runInfo(run), done },
    { timeoutMs: STEP_MS }
  )
}

const applied = (steps: readonly RecordedStep[]) => steps.filter((step) => step.state === 'done')

/**
 * Places a run with its network: the plan is written first, then each step is recorded before the next. Safe to
 * repeat after a crash: a step that was being handed over is uncertain, and a person decides.
 *
 * @returns whether the run is placed
 */
export async function beginMedia(run: Run): Promise<boolean> {
  const pluginId = mediaPlugin(run)
  const info = runInfo(run)
  if ((await readSteps(run.id)).length === 0) {
    await recordSteps(
      run.id,
      await pluginKernel.calls.call(pluginId, `channels.${run.channel}.plan`, { run: info })
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
      .call(
        pluginId,
        `channels.${run.channel}.apply`,
        { run: info, step, done },
        { timeoutMs: STEP_MS }
      )
      .catch((error: unknown): StepOutcome => ({
        status: 'unknown',
        detail: (error as Error).message,
      }))
    if (!(await recordOutcome(run, step, outcome))) {
      if (outcome.status === 'failed') await stopAndFail(run, outcome.detail)
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

async function stopAndFail(run: Run, why: string) {
  await askNetwork(run, 'stop')
  await endRunBadly(run, why)
}

/**
 * Looks at what the network spent, settles what is new, and stops at the approved ceiling or when the network has ended.
 */
export async function observeMedia(run: Run, now: Date): Promise<'open' | 'over'> {
  const seen = await askNetwork(run, 'observe')

  let exhausted = false
  for (const report of seen.reports)
    exhausted =
      (await settleSpend({ run, key: report.key, units: report.units })).exhausted || exhausted
  if (!exhausted && !seen.ended) return 'open'

  await askNetwork(run, 'stop')
  await finishRun(run.id, now)
  return 'over'
}

/** Makes the network follow the campaign: paused, running again, or over with its last spend settled */
export async function controlMedia(
  run: Run,
  state: 'paused' | 'running' | 'cancelled',
  now: Date
): Promise<void> {
  if (state === 'paused') return askNetwork(run, 'pause')
  if (state === 'running') return askNetwork(run, 'resume')

  await askNetwork(run, 'stop')
  const last = await askNetwork(run, 'observe')
  for (const report of last.reports)
    await settleSpend({ run, key: report.key, units: report.units })
  await finishRun(run.id, now)
}
