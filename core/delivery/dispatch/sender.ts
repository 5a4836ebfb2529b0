import logger from '@adonisjs/core/services/logger'
import type { Handle } from '#core/plugins/hosts/calls'
import type { MessagingDescription } from '#core/plugins/hosts/description'
import type { PluginKernel, UsableChannel } from '#core/plugins/plugin_kernel'
import { personaliser, type Personalise } from './personalise.js'
import { runInfo } from '#core/runs/run_info'
import { loadRun } from '#core/runs/load_run'
import type { Run } from '#core/runs/run'

/** Runs whose sessions are kept open at once: an agency's campaigns of one hour, and not all of a year's */
const SESSIONS = 8
/** Milliseconds for a channel to give back what it took */
const CLOSE_MS = 10_000
/** Milliseconds after which rules and state of a run are read again */
const RUN_FRESH_MS = 5_000

export type PreparedRun = {
  readonly run: Run
  readonly session: Handle
  readonly personalise: Personalise
  /** Says that this use is over; the session may be closed when all are */
  release(): void
}

type Prepared = {
  run: Run
  session: Handle
  personalise: Personalise
  readAt: number
  users: number
}

/**
 * What one worker process keeps for one plugin while it sends: the link that all runs share, and a prepared session a run.
 * Sessions that were not used for longest are closed when there are many.
 */
export class Sender {
  readonly pluginId: string
  readonly channelId: string
  readonly channel: MessagingDescription
  /** The channel's unit for one message, where a sender does not say otherwise */
  readonly unit: string
  #sessions = new Map<number, Promise<Prepared>>()
  #link: Promise<Handle> | null = null

  constructor(
    private readonly kernel: PluginKernel,
    { pluginId, channelId, channel }: UsableChannel
  ) {
    if (channel.kind !== 'messaging') throw new Error(`${channelId} has no deliveries to send`)
    this.pluginId = pluginId
    this.channelId = channelId
    this.channel = channel
    this.unit = Object.keys(channel.units)[0]
  }

  /** Name of one of the channel's calls */
  call<Verb extends string>(verb: Verb): `channels.${string}.${Verb}` {
    return `channels.${this.channelId}.${verb}`
  }

  /** Drops the session of a run and the link, of which the plugin's host knows nothing any more: the next take prepares anew */
  forget(runId: number): void {
    this.#sessions.delete(runId)
    this.#link = null
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
    if (link)
      await this.#quietly(async () =>
        this.kernel.calls.call(
          this.pluginId,
          this.call('disconnect'),
          { link: await link },
          { timeoutMs: CLOSE_MS }
        )
      )
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
      this.pluginId,
      this.call('prepare'),
      { run: runInfo(run), link },
      { timeoutMs: this.channel.limits.timeoutMs }
    )
    return { run, session, personalise: personaliser(run), readAt: Date.now(), users: 0 }
  }

  #connected(): Promise<Handle> {
    if (!this.#link) {
      this.#link = this.kernel.calls.call(this.pluginId, this.call('connect'), null, {
        timeoutMs: this.channel.limits.timeoutMs,
      })
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
    if (prepared)
      await this.#quietly(() =>
        this.kernel.calls.call(
          this.pluginId,
          this.call('close'),
          { session: prepared.session },
          { timeoutMs: CLOSE_MS }
        )
      )
  }

  async #quietly(work: () => Promise<void>): Promise<void> {
    await work().catch((error: unknown) =>
      logger.warn({ err: error, pluginId: this.pluginId }, 'a channel did not close')
    )
  }
}
