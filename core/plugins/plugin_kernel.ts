import { ChangesListener } from './runtime/changes_listener.js'
import { ChannelUnavailableError, GatewayUnavailableError, PluginError } from './errors.js'
import type { ChannelDescription, PluginDescription } from './hosts/description.js'
import { FailureRecorder } from './failures/failure_recorder.js'
import { offeredPorts, type KernelOptions, type KernelPorts } from './runtime/kernel_options.js'
import { LoadedPlugins } from './runtime/loaded_plugins.js'
import { PluginCalls } from './runtime/plugin_calls.js'
import { pluginOverview, type PluginOverview } from './discovery/plugin_overview.js'
import { ProcessGuard } from './failures/process_guard.js'
import type { PluginFailure } from './failures/record_failure.js'
import { surveyPlugins, type KnownPlugin } from './discovery/survey_plugins.js'
import type { LoadedPlugin } from './types.js'
import { unavailableReason } from './runtime/unavailable_reason.js'
import { Watchdog } from './failures/watchdog.js'
import debug from './debug.js'

/** A channel that can be used now, and the plugin that brings it */
export type UsableChannel = {
  readonly pluginId: string
  readonly channelId: string
  readonly channel: ChannelDescription
}

/**
 * The plugins of this process: knows which are there, holds the enabled ones in memory and lets others call them. The truth is
 * in the database and on disk; every process derives the same picture from it.
 */
export class PluginKernel {
  readonly options: KernelOptions
  #moreFolders: readonly string[] = []
  #offered: Partial<KernelPorts> = {}
  #known: readonly KnownPlugin[] = []
  #queue: Promise<void> = Promise.resolve()
  #listener: ChangesListener | null = null
  #watchdog: Watchdog | null = null
  #guard: ProcessGuard | null = null
  readonly #recorder: FailureRecorder
  readonly #loaded: LoadedPlugins
  /** The way to a plugin */
  readonly calls: PluginCalls

  constructor(options: KernelOptions) {
    this.options = options
    this.#recorder = new FailureRecorder({
      kernel: options,
      onQuarantine: (failure) => this.#quarantine(failure),
    })
    this.#loaded = new LoadedPlugins({
      kernel: options,
      ports: this.ports,
      recorder: this.#recorder,
    })
    this.calls = new PluginCalls({
      kernel: options,
      loaded: this.#loaded,
      recorder: this.#recorder,
      statusOf: (id) => this.#known.find((plugin) => plugin.id === id)?.status ?? 'missing',
      watchdog: () => this.#watchdog,
    })
  }

  /** Puts in what higher domains offer: jobs, open work, contact fields */
  offer(ports: Partial<KernelPorts>): void {
    this.#offered = { ...this.#offered, ...ports }
  }

  /** @throws E_PLUGIN_PORT when a plugin uses what no domain has offered yet */
  readonly ports = (): KernelPorts => offeredPorts(this.#offered)

  /** Looks for plugins in one more folder, from the next refresh on. For tests and for authors */
  addFolder(folder: string): void {
    this.#moreFolders = [...new Set([...this.#moreFolders, folder])]
  }

  /*
  |--------------------------------------------------------------------------
  | Life of the process
  |--------------------------------------------------------------------------
  */

  /** Reads what is there and imports what is enabled. A plugin that fails is quarantined; the others go on */
  async boot(): Promise<void> {
    await this.refresh()
  }

  /** Takes over what changed: imports newly enabled plugins, drops disabled ones. One at a time */
  refresh(): Promise<void> {
    const next = this.#queue.then(() => this.#refresh())
    this.#queue = next.catch(() => undefined)
    return next
  }

  /** For web and worker: follows changes made elsewhere, watches for blocked loops and for left-over rejections */
  async listen(): Promise<void> {
    if (this.#listener) return
    const { logger } = this.options
    this.#listener = new ChangesListener({
      databaseUrl: this.options.databaseUrl,
      logger,
      onChange: () => {
        this.refresh()
          .then(() => this.#recheckDegraded())
          .catch((error: unknown) =>
            logger.error({ err: error }, 'Could not follow a change of plugins')
          )
      },
    })
    this.#guard = new ProcessGuard({
      onFailure: (failure) => this.#recorder.record(failure),
      logger,
    })
    this.#guard.start()
    if (this.options.blockedLimitMs > 0) {
      this.#watchdog = new Watchdog({
        limitMs: this.options.blockedLimitMs,
        databaseUrl: this.options.databaseUrl(),
        logger,
      })
      this.#watchdog.start(() =>
        this.#known.flatMap((plugin) =>
          plugin.found ? [{ id: plugin.id, folder: plugin.found.folder }] : []
        )
      )
    }
    await this.#listener.start()
  }

  /** Gives everything back. Calls in flight are told to stop by their signal */
  async shutdown(): Promise<void> {
    await this.#listener?.close()
    this.#listener = null
    this.#guard?.stop()
    await this.#watchdog?.stop()
    this.#watchdog = null
    await this.#queue
    await this.#recorder.drain()
    await this.#loaded.closeAll()
  }

  /*
  |--------------------------------------------------------------------------
  | What is there
  |--------------------------------------------------------------------------
  */

  /**
   * @returns the channel and the plugin that brings it
   * @throws ChannelUnavailableError (E_CHANNEL_UNAVAILABLE) with the reason
   */
  channel(channelId: string): UsableChannel {
    for (const loaded of this.#usable()) {
      const channel = loaded.host.description.channels[channelId]
      if (channel) return { pluginId: loaded.id, channelId, channel }
    }
    const owner = this.#known.find((plugin) =>
      plugin.found?.manifest?.contributes.channels.includes(channelId)
    )
    throw new ChannelUnavailableError(
      channelId,
      owner ? unavailableReason(owner.status) : 'missing',
      owner?.id ?? null
    )
  }

  /** Every channel that can be used now */
  channels(): readonly UsableChannel[] {
    return this.#usable().flatMap((loaded) =>
      Object.entries(loaded.host.description.channels).map(([channelId, channel]) => ({
        pluginId: loaded.id,
        channelId,
        channel,
      }))
    )
  }

  /** @throws GatewayUnavailableError (E_GATEWAY_UNAVAILABLE) with the reason */
  gateway(gatewayId: string): { pluginId: string; gatewayId: string } {
    const found = this.gateways().find((one) => one.gatewayId === gatewayId)
    if (found) return found
    const owner = this.#known.find((plugin) =>
      plugin.found?.manifest?.contributes.gateways.includes(gatewayId)
    )
    throw new GatewayUnavailableError(
      gatewayId,
      owner ? unavailableReason(owner.status) : 'missing'
    )
  }

  /** Every payment gateway that can be used now */
  gateways(): readonly { pluginId: string; gatewayId: string }[] {
    return this.#usable().flatMap((loaded) =>
      loaded.host.description.gateways.map((gatewayId) => ({ pluginId: loaded.id, gatewayId }))
    )
  }

  /** Plugins that are enabled and in memory, degraded ones too */
  enabledPlugins(): readonly {
    id: string
    description: PluginDescription
    settings: Readonly<Record<string, unknown>>
  }[] {
    return this.#loaded.all().map((loaded) => ({
      id: loaded.id,
      description: loaded.host.description,
      settings: loaded.settings,
    }))
  }

  /** Flags of jobs that must wait: `plugin:<id>` of every plugin that is not enabled. Cheap: called at every fetch */
  heldFlags(): string[] {
    return this.#known
      .filter((plugin) => plugin.status !== 'enabled' || !this.#loaded.get(plugin.id))
      .map((plugin) => `plugin:${plugin.id}`)
  }

  /** What the admin sees: every plugin with status, manifest, settings, health, failures */
  async overview(): Promise<readonly PluginOverview[]> {
    return Promise.all((await this.survey()).map((plugin) => pluginOverview(plugin)))
  }

  /** Every plugin with its status, read anew */
  async survey(): Promise<readonly KnownPlugin[]> {
    const { options } = this
    return surveyPlugins({
      folders: {
        ...options.folders,
        others: [...options.folders.others, ...this.#moreFolders],
      },
      hostVersion: options.hostVersion,
      safeMode: options.safeMode,
    })
  }

  /** @throws E_PLUGIN_UNKNOWN when neither a folder nor a row has this id */
  async find(id: string): Promise<KnownPlugin> {
    const plugin = (await this.survey()).find((known) => known.id === id)
    if (plugin) return plugin
    throw new PluginError({
      code: 'E_PLUGIN_UNKNOWN',
      pluginId: id,
      operation: 'find',
      detail: 'no plugin has this name. Put its folder into plugins/',
    })
  }

  /*
  |--------------------------------------------------------------------------
  | What others tell it
  |--------------------------------------------------------------------------
  */

  /** For callers that found a wrong shape in an answer: writes it down and counts it */
  reportFailure(failure: PluginFailure): Promise<void> {
    return this.#recorder.record(failure)
  }

  /*
  |--------------------------------------------------------------------------
  | Inside
  |--------------------------------------------------------------------------
  */

  #usable(): readonly LoadedPlugin[] {
    const healthy = new Set(
      this.#known.filter((plugin) => plugin.status === 'enabled').map(({ id }) => id)
    )
    return this.#loaded.all().filter(({ id }) => healthy.has(id))
  }

  async #refresh(): Promise<void> {
    const known = await this.survey()
    const wanted = known.filter(
      (plugin) => plugin.status === 'enabled' || plugin.status === 'degraded'
    )
    for (const { id } of this.#loaded.all())
      if (!wanted.some((plugin) => plugin.id === id)) this.#loaded.drop(id)

    const outcomes = await Promise.all(wanted.map((plugin) => this.#loaded.take(plugin)))
    this.#known = outcomes.includes('changed') ? await this.survey() : known
    debug(
      'loaded: %s',
      this.#loaded
        .all()
        .map(({ id }) => id)
        .join(', ') || 'none'
    )
  }

  /** Degraded plugins may be well by now: the far side came back, or the settings changed */
  async #recheckDegraded(): Promise<void> {
    const unsure = this.#known.filter(
      (plugin) => this.#loaded.get(plugin.id) && plugin.row?.health === 'unknown'
    )
    await Promise.allSettled(unsure.map((plugin) => this.calls.checkHealth(plugin.id)))
  }

  /** At once in this process; the others hear of it by the change of its row */
  #quarantine({ pluginId, code, detail }: PluginFailure): void {
    this.#loaded.drop(pluginId)
    this.#known = this.#known.map((plugin) =>
      plugin.id === pluginId
        ? {
            ...plugin,
            status: 'quarantined',
            why: { key: 'plugins.why.quarantined', data: { code, reason: detail } },
          }
        : plugin
    )
  }
}
