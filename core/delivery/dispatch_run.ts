import type { MessagingChannel, Outcome, Recipient } from '@griot/sdk'
import logger from '@adonisjs/core/services/logger'
import pluginKernel from '#core/plugins/main'
import { handOver, type HandedOver } from './hand_over.js'
import { leaseChunk, type LeasedChunk } from './lease_chunk.js'
import { personaliser, type Personalise } from './personalise.js'
import { announceProgress } from './announce_progress.js'
import { returnChunk } from './return_chunk.js'
import { runInfo } from './run_info.js'
import type { Run } from './run_snapshot.js'
import { settleWindow } from './settle_window.js'

/** Seconds after which a slice ends and queues the next: no campaign keeps a worker for itself */
export const SLICE_SECONDS = 20

export type SliceEnd = 'nothing_left' | 'slice_over' | 'stopped'

/**
 * One time slice of a run on this worker: lease a chunk, hand its windows over (several in flight, no more than the
 * channel's concurrency), settle each as its outcomes come. Stops at the end of the slice, when the campaign no longer
 * runs, or when nothing is left to lease.
 *
 * @param o.signal aborted when the worker stops: what is in flight is finished, nothing new begins
 * @throws ChannelUnavailableError when the plugin is not running; leased rows were given back
 */
export async function dispatchRun(o: {
  run: Run
  signal: AbortSignal
  sliceSeconds?: number
}): Promise<SliceEnd> {
  const { run } = o
  const { channel, pluginId } = pluginKernel.channel(run.channel)
  if (channel.kind !== 'messaging')
    throw new Error(`Run ${run.id} is ${channel.kind}: it has no deliveries`)

  const personalise = personaliser(run)
  const info = runInfo(run)
  const session = await pluginKernel.call(
    { pluginId, operation: 'prepare', timeoutMs: channel.limits.timeoutMs, signal: o.signal },
    (ctx) => channel.prepare(ctx, info)
  )
  try {
    return await slice({ ...o, channel, pluginId, session, personalise })
  } finally {
    await pluginKernel
      .call({ pluginId, operation: 'close', timeoutMs: 10_000 }, async (ctx) =>
        channel.close?.(ctx, session)
      )
      .catch((error: unknown) =>
        logger.warn({ err: error, pluginId }, 'a channel did not close its session')
      )
  }
}

type Work = {
  run: Run
  signal: AbortSignal
  sliceSeconds?: number
  channel: MessagingChannel
  pluginId: string
  session: unknown
  personalise: Personalise
}

async function slice(work: Work): Promise<SliceEnd> {
  const { run, channel } = work
  const end = Date.now() + (work.sliceSeconds ?? SLICE_SECONDS) * 1_000
  const inFlight = new Set<Promise<void>>()
  let failure: unknown = null

  try {
    while (!work.signal.aborted && Date.now() < end && failure === null) {
      /** Also throws here when the plugin was disabled or quarantined meanwhile */
      pluginKernel.channel(run.channel)
      const chunk = await leaseChunk(run.id)
      if (!chunk) {
        if (inFlight.size === 0) return 'nothing_left'
        await Promise.all(inFlight)
        continue
      }

      const windows: Promise<void>[] = []
      for (
        let from = chunk.fromSeq;
        from <= chunk.toSeq && !work.signal.aborted && failure === null;
        from += channel.limits.batch
      ) {
        while (inFlight.size >= channel.limits.concurrency) await Promise.race(inFlight)
        const window = { from, to: Math.min(from + channel.limits.batch - 1, chunk.toSeq) }
        const rows = await handOver(run.id, chunk, window)
        if (rows.length === 0) continue
        const sending = sendWindow(work, chunk, rows)
          .catch((error: unknown) => void (failure ??= error))
          .finally(() => inFlight.delete(sending))
        inFlight.add(sending)
        windows.push(sending)
      }
      /** The chunk is given back when its own windows have settled; the next one may begin before */
      const closing = Promise.all(windows)
        .then(() => returnChunk(run.id, chunk))
        .catch((error: unknown) => void (failure ??= error))
        .finally(() => inFlight.delete(closing))
      inFlight.add(closing)
      if (inFlight.size >= channel.limits.concurrency) await Promise.race(inFlight)
    }
  } finally {
    await Promise.all(inFlight)
  }
  if (failure !== null) throw failure
  return work.signal.aborted ? 'stopped' : 'slice_over'
}

async function sendWindow(work: Work, chunk: LeasedChunk, rows: HandedOver[]): Promise<void> {
  const { run, channel } = work
  const recipients = rows.map((row) => work.personalise(row))
  const outcomes = await outcomesOf(work, recipients)
  await settleWindow({
    run,
    lease: chunk.lease,
    rows,
    outcomes,
    defaultUnit: Object.keys(channel.units)[0],
    now: new Date(),
  })
  await announceProgress(run.id)
}

/**
 * A sender returns outcomes. When it throws, hangs or returns something else, nobody can know what was sent: each row
 * of the window is unknown. The kernel has counted the failure and quarantines a plugin that goes on like this.
 */
async function outcomesOf(work: Work, recipients: readonly Recipient[]): Promise<Outcome[]> {
  const unknown = (detail: string) => recipients.map((): Outcome => ({ status: 'unknown', detail }))
  try {
    const outcomes = await pluginKernel.call(
      { pluginId: work.pluginId, operation: 'send', timeoutMs: work.channel.limits.timeoutMs },
      (ctx) => work.channel.send(ctx, work.session, recipients)
    )
    if (
      Array.isArray(outcomes) &&
      outcomes.length === recipients.length &&
      outcomes.every(isOutcome)
    )
      return outcomes as Outcome[]
    const detail = `send returned ${Array.isArray(outcomes) ? `${outcomes.length} outcomes` : typeof outcomes} for ${recipients.length} recipients`
    await pluginKernel.reportFailure({
      pluginId: work.pluginId,
      code: 'E_PLUGIN_WRONG_RESULT',
      operation: 'send',
      detail,
    })
    return unknown('E_PLUGIN_WRONG_RESULT')
  } catch (error) {
    logger.error(
      { err: error, pluginId: work.pluginId, runId: work.run.id },
      'a window ended without outcomes'
    )
    return unknown((error as { code?: string }).code ?? 'E_PLUGIN_THREW')
  }
}

function isOutcome(value: unknown): value is Outcome {
  const status = (value as { status?: unknown } | null)?.status
  return (
    status === 'accepted' || status === 'rejected' || status === 'deferred' || status === 'unknown'
  )
}
