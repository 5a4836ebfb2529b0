import type { Clock } from '#core/database/clock'
import { setTimeout as sleep } from 'node:timers/promises'
import logger from '@adonisjs/core/services/logger'
import { isAway, retryWhenAway } from '#core/database/retry_when_away'
import { THIS_WORKER } from '#core/jobs/this_worker'
import type { PluginKernel } from '#core/plugins/plugin_kernel'
import { CHUNK_ROWS } from '../expansion/expand_run.js'
import { finishIfOver } from '../ending/finish_run.js'
import { handOver } from './hand_over.js'
import { LEASE_SECONDS, leaseChunk, renewLease, type LeasedChunk } from './lease_chunk.js'
import { rejectUnpriced } from './reject_unpriced.js'
import { returnChunk } from './return_chunk.js'
import { noteTurn, runsInTurn, type RunInTurn } from './runs_in_turn.js'
import { Sender, type PreparedRun } from './sender.js'
import { sendWindow } from './send_window.js'
import { setRate } from '../rates/set_rate.js'
import { lookUpUncertain, queueLookUp } from '../uncertain/look_up_uncertain.js'
import type { Run } from '#core/runs/run'
import { bucketKeys, takeTokens } from '../rates/take_tokens.js'

/** Seconds after which a slice ends and queues the next: other jobs and other workers get their turn */
const SLICE_SECONDS = 20
/** Milliseconds at the end of a slice for what is in flight. A message that hangs longer does not hold up the others: the slice goes on */
const DRAIN_MS = 1_000
/** Milliseconds before work is looked for again while something is in flight: more may become due before it has ended */
const LOOK_AGAIN_MS = 1_000
/** Seconds before a run whose session could not be prepared is looked at again */
const PREPARE_AGAIN_SECONDS = 30
/** Milliseconds before Postgres is asked again when it was away */
const AWAY_MS = 500

export type SliceEnd = 'nothing_due' | 'slice_over' | 'stopped'

/**
 * One time slice of sending through one plugin on this worker: whichever account's turn it is, lease a chunk of its run, hand
 * its windows over (several in flight, no more than the channel's concurrency), settle each as its outcomes come. Stops at the
 * end of the slice, or when nothing is due.
 *
 * @param o.signal aborted when the worker stops: what is in flight is finished, nothing new begins
 * @throws ChannelUnavailableError when the plugin is not running; leased rows were given back
 */
export async function dispatch(o: {
  kernel: PluginKernel
  channelId: string
  clock: Clock
  signal: AbortSignal
  sliceSeconds?: number
}): Promise<SliceEnd> {
  const sender = new Sender(o.kernel, o.kernel.channel(o.channelId))
  const work = new Slice({ ...o, sender })
  await setRate({
    key: bucketKeys.plugin(sender.pluginId),
    perSecond: sender.channel.limits.perSecond,
  })
  try {
    return await work.run()
  } finally {
    await work.settled()
    await sender.close()
  }
}

class Slice {
  readonly #o: {
    kernel: PluginKernel
    channelId: string
    clock: Clock
    signal: AbortSignal
    sender: Sender
  }
  readonly #sliceMs: number
  #end: number
  readonly #inFlight = new Set<Promise<void>>()
  readonly #closing = new Set<Promise<void>>()
  #failure: unknown = null

  constructor(o: {
    kernel: PluginKernel
    channelId: string
    clock: Clock
    signal: AbortSignal
    sender: Sender
    sliceSeconds?: number
  }) {
    this.#o = o
    this.#sliceMs = (o.sliceSeconds ?? SLICE_SECONDS) * 1_000
    this.#end = Date.now() + this.#sliceMs
  }

  async run(): Promise<SliceEnd> {
    for (;;) {
      const end = await this.#turns()
      if (end !== 'slice_over' || (await this.#drained())) return end
      this.#end = Date.now() + this.#sliceMs
    }
  }

  /** Waits a moment for what is in flight; false when something hangs */
  async #drained(): Promise<boolean> {
    return Promise.race([this.settled().then(() => true), sleep(DRAIN_MS, false, { ref: false })])
  }

  async #turns(): Promise<SliceEnd> {
    while (!this.#o.signal.aborted && Date.now() < this.#end) {
      if (this.#failure !== null) throw this.#failure
      /** Throws when the plugin was disabled or quarantined meanwhile */
      this.#o.kernel.channel(this.#o.channelId)
      try {
        if (await this.#next()) continue
      } catch (error) {
        if (!isAway(error)) throw error
        logger.warn({ err: error }, 'sending waits for Postgres')
        await sleep(AWAY_MS)
        continue
      }
      if (this.#inFlight.size === 0 && this.#closing.size === 0) return 'nothing_due'
      await Promise.race([...this.#inFlight, ...this.#closing, sleep(LOOK_AGAIN_MS)])
    }
    if (this.#failure !== null) throw this.#failure
    return this.#o.signal.aborted ? 'stopped' : 'slice_over'
  }

  /** Resolves when nothing of this slice is in flight any more */
  async settled(): Promise<void> {
    while (this.#inFlight.size > 0 || this.#closing.size > 0)
      await Promise.all([...this.#inFlight, ...this.#closing])
  }

  /** @returns false when nothing is due */
  async #next(): Promise<boolean> {
    const { sender } = this.#o
    const runs = await runsInTurn({ pluginId: sender.pluginId, channel: this.#o.channelId })
    for (const run of runs) {
      if (run.rateIsStale)
        await setRate({
          key: bucketKeys.campaign(run.campaignId),
          perSecond: run.pacePerHour === null ? null : run.pacePerHour / 3_600,
        })
      const chunk = await leaseChunk({
        runId: run.id,
        owner: THIS_WORKER,
        limit: rowsAtOnce(run, sender.channel.limits.batch),
      })
      if (!chunk) continue
      await noteTurn({
        pluginId: sender.pluginId,
        accountId: run.accountId,
        rows: chunk.rows.length,
      })
      await this.#send(run, chunk)
      return true
    }
    return false
  }

  async #send(run: RunInTurn, chunk: LeasedChunk): Promise<void> {
    let prepared: PreparedRun
    try {
      prepared = await this.#o.sender.take(run.id)
    } catch (error) {
      if (isAway(error)) throw error
      logger.error({ err: error, runId: run.id }, 'a run could not be prepared; it waits')
      return returnChunk(chunk, { waitSeconds: PREPARE_AGAIN_SECONDS })
    }
    if (chunk.recovered) await this.#askWhatBecame({ chunk, run: prepared.run })
    const priced = await rejectUnpriced({
      chunk,
      run: prepared.run,
      unit: this.#o.sender.unit,
      now: this.#o.clock.now(),
    })
    await this.#windows(run, priced, prepared)
  }

  /** Before anything of a dead worker stays uncertain its far side is asked, where it can be */
  async #askWhatBecame(o: { chunk: LeasedChunk; run: Run }): Promise<void> {
    const open = await lookUpUncertain({ ...o.chunk, run: o.run })
    const { pluginId } = this.#o.sender
    if (open > 0)
      await queueLookUp({ runId: o.run.id, pluginId, round: 0, now: this.#o.clock.now() })
  }

  /** Sends a chunk window by window. It is given back when its own windows have settled; the next one may begin before */
  async #windows(run: RunInTurn, chunk: LeasedChunk, prepared: PreparedRun): Promise<void> {
    const { sender, signal } = this.#o
    const { batch, concurrency } = sender.channel.limits
    const windows: Promise<void>[] = []
    let waitSeconds = 0
    const unsent: number[] = []
    /** Paused, cancelled, or the lease was lost: the rest of the chunk would be refused as well */
    let refused = false
    let left = [...chunk.rows]
    const renewal = setInterval(
      () =>
        void renewLease(chunk).catch((error: unknown) =>
          logger.warn({ err: error, runId: run.id }, 'a lease could not be renewed')
        ),
      (LEASE_SECONDS * 1_000) / 3
    )
    const close = () => {
      const closing: Promise<void> = Promise.all(windows)
        .then(() =>
          retryWhenAway('a chunk', () =>
            returnChunk(chunk, { waitSeconds, unsent, run: prepared.run })
          )
        )
        .then(() => finishIfOver(run.id, this.#o.clock.now()))
        .catch((error: unknown) => void (this.#failure ??= error))
        .finally(() => {
          clearInterval(renewal)
          prepared.release()
          this.#closing.delete(closing)
        })
      this.#closing.add(closing)
    }

    try {
      while (left.length > 0 && !refused && !signal.aborted && this.#failure === null) {
        while (this.#inFlight.size >= concurrency) await Promise.race(this.#inFlight)
        const candidates = left.slice(0, batch)
        left = left.slice(batch)
        const { allowed, wait } = run.limited
          ? await this.#withinRates(run, candidates)
          : { allowed: candidates, wait: 0 }
        waitSeconds = Math.max(waitSeconds, wait)
        if (allowed.length > 0)
          windows.push(
            this.#fly(
              this.#window({
                run,
                chunk,
                prepared,
                unsent,
                seqs: allowed.map((row) => row.seq),
              }).then((sent) => void (refused ||= !sent && waitSeconds === 0))
            )
          )
        /** All of it waits for tokens: so does what follows */
        if (wait > 0 && allowed.length === 0) break
      }
    } finally {
      close()
    }
  }

  /**
   * Hands one window over, sends and settles it.
   *
   * @param o.unsent gets the rows of a window of which Postgres did not say whether it took them: they are known not to be sent
   * @returns false when nothing of it was to be sent any more
   */
  async #window(o: {
    run: RunInTurn
    chunk: LeasedChunk
    prepared: PreparedRun
    seqs: readonly number[]
    unsent: number[]
  }): Promise<boolean> {
    const { run, chunk, prepared, seqs } = o
    const { accountId } = run
    const { caps } = prepared.run.rules
    const rows = await handOver({ chunk, seqs, accountId, caps }).catch((error: unknown) => {
      if (!isAway(error)) throw error
      logger.warn({ err: error }, 'a window waits for Postgres')
      o.unsent.push(...seqs)
      return []
    })
    if (rows.length > 0)
      await sendWindow({ ...this.#o, prepared, chunk, rows, watched: run.limited })
    return rows.length > 0
  }

  async #withinRates(run: RunInTurn, rows: LeasedChunk['rows']) {
    const wants = new Map<string, number>()
    for (const { destination } of rows) wants.set(destination, (wants.get(destination) ?? 0) + 1)
    const grants = await takeTokens({
      pluginId: this.#o.sender.pluginId,
      campaignId: run.campaignId,
      wants,
    })
    const left = new Map([...grants].map(([destination, { granted }]) => [destination, granted]))
    const allowed = rows.filter(({ destination }) => {
      const room = left.get(destination) ?? 0
      left.set(destination, room - 1)
      return room > 0
    })
    const waits = [...grants.values()].map((grant) => grant.waitSeconds).filter((wait) => wait > 0)
    return { allowed, wait: waits.length === 0 ? 0 : Math.min(...waits) }
  }

  #fly(sending: Promise<void>): Promise<void> {
    const flying: Promise<void> = sending
      .catch((error: unknown) => void (this.#failure ??= error))
      .finally(() => this.#inFlight.delete(flying))
    this.#inFlight.add(flying)
    return flying
  }
}

/** A paced campaign leases what it may send in the next few seconds, so that the rest of its chunk is not moved for nothing */
function rowsAtOnce(run: RunInTurn, batch: number): number {
  if (run.pacePerHour === null) return CHUNK_ROWS
  return Math.max(1, Math.min(CHUNK_ROWS, Math.ceil((run.pacePerHour / 3_600) * 2), batch))
}
