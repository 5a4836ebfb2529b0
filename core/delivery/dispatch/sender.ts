import type { Channel, MessagingChannel } from '@griot/sdk'
import logger from '@adonisjs/core/services/logger'
import type { PluginKernel } from '#core/plugins/plugin_kernel'
import { personaliser, type Personalise } from './personalise.js'
import { runInfo } from '#core/runs/run_info'
import { loadRun } from '#core/runs/load_run'
import type { Run } from '#core/runs/run'

/** Runs whose sessions are kept open at once: an agency's campaigns of one hour, and not all of a year's */
const SESSIONS = 8
/** Milliseconds after which rules and state of a run are read again */
const RUN_FRESH_MS = 5_000

export type PreparedRun = {
  readonly run: Run
  readonly session: unknown
  readonly personalise: Personalise
  /** Says that this use is over; the session may be closed when all are */
  release(): void
}

type Prepared = {
  run: Run
  session: unknown
  personalise: Personalise
  readAt: number
  users: number
}

/**
 * What one worker process keeps for one plugin while it sends: the link that all runs share, and a prepared session a run.
 * Sessions that were not used for longest are closed when there are many.
 */
export class Sender {
  readonly channel: MessagingChannel
  /** The channel's unit for one message, where a sender does not say otherwise */
  readonly unit: string
  #sessions = new Map<number, Promise<Prepared>>()
  #link: Promise<unknown> | null = null

  constructor(
    private readonly kernel: PluginKernel,
    readonly pluginId: string,
    channel: Channel
  ) {
    if (channel.kind !== 'messaging') throw new Error(`${pluginId} has no deliveries to send`)
    this.channel = channel
    this.unit = Object.keys(channel.units)[0]
  }

  /**
   * The session of a run, until it is released.
   *
   * @throws PluginError when the channel cannot prepare it; nothing of the run was handed over
   */
  async take(runId: number): Promise<PreparedRun> {
    const prepared = await this.#prepared(runId)
    prepared.users += 1
    const { run, session, personalise } = prepared
    return { run, session, personalise, release: () => void (prepared.users -= 1) }
  }

  /** Closes what was opened. The far side's troubles at the end are only noted */
  async close(): Promise<void> {
    for (const runId of [...this.#sessions.keys()]) await this.#closeSession(runId)
    const link = this.#link
    this.#link = null
    const { disconnect } = this.channel
    if (link && disconnect)
      await this.#quietly('disconnect', async (ctx) => disconnect(ctx, await link))
  }

  async #prepared(runId: number): Promise<Prepared> {
    const known = this.#sessions.get(runId)
    if (known) {
      /** To the end: the first is the one that was not used for longest */
      this.#sessions.delete(runId)
      this.#sessions.set(runId, known)
      const prepared = await known
      if (Date.now() - prepared.readAt > RUN_FRESH_MS) {
        const run = await loadRun(runId)
        if (run) prepared.run = run
        prepared.readAt = Date.now()
      }
      return prepared
    }
    const preparing = this.#prepare(runId)
    this.#sessions.set(runId, preparing)
    /** Whoever asked hears why; the next one who asks tries again */
    preparing.catch(() => this.#sessions.delete(runId))
    await this.#closeOldest()
    return preparing
  }

  async #prepare(runId: number): Promise<Prepared> {
    const run = await loadRun(runId)
    if (!run) throw new Error(`Run ${runId} does not exist`)
    const link = await this.#connected()
    const session = await this.kernel.calls.call(
      {
        pluginId: this.pluginId,
        operation: 'prepare',
        timeoutMs: this.channel.limits.timeoutMs,
      },
      (ctx) => this.channel.prepare(ctx, runInfo(run), link)
    )
    return { run, session, personalise: personaliser(run), readAt: Date.now(), users: 0 }
  }

  #connected(): Promise<unknown> {
    const { connect, limits } = this.channel
    if (!connect) return Promise.resolve(undefined)
    if (!this.#link) {
      this.#link = this.kernel.calls.call(
        { pluginId: this.pluginId, operation: 'connect', timeoutMs: limits.timeoutMs },
        (ctx) => connect(ctx)
      )
      this.#link.catch(() => (this.#link = null))
    }
    return this.#link
  }

  async #closeOldest(): Promise<void> {
    for (const [runId, preparing] of this.#sessions) {
      if (this.#sessions.size <= SESSIONS) return
      /** One that could not be prepared has nothing to close */
      const prepared = await preparing.catch(() => null)
      if (prepared && prepared.users === 0) await this.#closeSession(runId)
    }
  }

  async #closeSession(runId: number): Promise<void> {
    const preparing = this.#sessions.get(runId)
    this.#sessions.delete(runId)
    const prepared = await preparing?.catch(() => null)
    const { close } = this.channel
    if (prepared && close) await this.#quietly('close', async (ctx) => close(ctx, prepared.session))
  }

  async #quietly(operation: string, work: (ctx: never) => Promise<void>): Promise<void> {
    await this.kernel.calls
      .call({ pluginId: this.pluginId, operation, timeoutMs: 10_000 }, (ctx) => work(ctx as never))
      .catch((error: unknown) =>
        logger.warn({ err: error, pluginId: this.pluginId, operation }, 'a channel did not close')
      )
  }
}
