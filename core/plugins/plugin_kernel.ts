import type { Channel, PluginContext, PluginDefinition } from '@griot/sdk'
import { ChangesListener } from './changes_listener.js'
import { discoverPlugins } from './discover_plugins.js'
import {
  ChannelUnavailableError,
  GatewayUnavailableError,
  PluginError,
  type PluginFailureCode,
} from './errors.js'
import { announce } from './events.js'
import { guardCall, guardPure } from './guard_call.js'
import type { KernelOptions, KernelPorts } from './kernel_options.js'
import { Generations, loadPlugin } from './load_plugin.js'
import { pluginOverview, type PluginOverview } from './plugin_overview.js'
import { readPluginRows, updatePluginRow } from './plugin_rows.js'
import { pluginStatus, type StatusReason } from './plugin_status.js'
import { ProcessGuard } from './process_guard.js'
import { isFailureCode, recordFailure, type PluginFailure } from './record_failure.js'
import { secretsStamp } from './capabilities/secrets.js'
import { unavailableReason } from './unavailable_reason.js'
import type { ReceiptsListener } from './receive_webhook.js'
import type { FoundPlugin, LoadedPlugin, PluginRow, PluginStatus, UsablePlugin } from './types.js'
import { Watchdog } from './watchdog.js'

export type KnownPlugin = {
  readonly id: string
  readonly found: FoundPlugin | null
  readonly row: PluginRow | null
  readonly status: PluginStatus
  readonly why: StatusReason | null
}

export type CallOptions = {
  readonly pluginId: string
  /** What is being done, for logs and for the list of failures: `send`, `estimator`, `webhook:delivery` */
  readonly operation: string
  /** Milliseconds; 30,000 unless told */
  readonly timeoutMs?: number
  /** The caller's own reason to give up */
  readonly signal?: AbortSignal
}

type Entry = {
  readonly loaded: LoadedPlugin
  readonly signature: string
  inFlight: number
  retired: boolean
}

/** Detail of a health that only settings can mend; the admin shows a sentence for it */
export const SETTINGS_INCOMPLETE = 'settings'

/**
 * The plugins of this process: knows which are there, holds the enabled ones in memory and is the only way to their
 * code. The truth is in the database and on disk; every process derives the same picture from it.
 */
export class PluginKernel {
  readonly options: KernelOptions
  #moreFolders: readonly string[] = []
  #ports: Partial<KernelPorts> = {}
  #known: readonly KnownPlugin[] = []
  #entries = new Map<string, Entry>()
  #generations = new Generations()
  #queue: Promise<void> = Promise.resolve()
  #listener: ChangesListener | null = null
  #watchdog: Watchdog | null = null
  #guard: ProcessGuard | null = null
  #receiptsListeners: ReceiptsListener[] = []
  #recording = new Set<Promise<unknown>>()

  constructor(options: KernelOptions) {
    this.options = options
  }

  /** Puts in what higher domains offer: jobs, open work, contact fields */
  offer(ports: Partial<KernelPorts>): void {
    this.#ports = { ...this.#ports, ...ports }
  }

  /** @throws E_PLUGIN_PORT when a plugin uses what no domain has offered yet */
  readonly ports = (): KernelPorts => {
    const missing = (name: string) => () => {
      throw new PluginError({
        code: 'E_PLUGIN_PORT',
        pluginId: '*',
        operation: name,
        detail: `nothing was put into the port "${name}". start/domains fills it`,
      })
    }
    return {
      addTask: this.#ports.addTask ?? missing('addTask'),
      readContacts: this.#ports.readContacts ?? missing('readContacts'),
      hasOpenWork: this.#ports.hasOpenWork ?? (async () => false),
    }
  }

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
    this.#guard = new ProcessGuard({ onFailure: (failure) => this.#record(failure), logger })
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
    await Promise.allSettled(this.#recording)
    for (const entry of this.#entries.values()) {
      entry.loaded.stop.abort()
      /** The process ends: what a plugin could not close is closed by that */
      await entry.loaded.close().catch(() => undefined)
    }
    this.#entries.clear()
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
  channel(channelId: string): { pluginId: string; channelId: string; channel: Channel } {
    for (const { loaded } of this.#usable()) {
      const channel = loaded.definition.channels[channelId]
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
  channels(): readonly { pluginId: string; channelId: string; channel: Channel }[] {
    return this.#usable().flatMap(({ loaded }) =>
      Object.entries(loaded.definition.channels).map(([channelId, channel]) => ({
        pluginId: loaded.id,
        channelId,
        channel,
      }))
    )
  }

  /** @throws GatewayUnavailableError (E_GATEWAY_UNAVAILABLE) with the reason */
  gateway(gatewayId: string): { pluginId: string; gatewayId: string; gateway: unknown } {
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
  gateways(): readonly { pluginId: string; gatewayId: string; gateway: unknown }[] {
    return this.#usable().flatMap(({ loaded }) =>
      Object.entries(loaded.definition.gateways).map(([gatewayId, gateway]) => ({
        pluginId: loaded.id,
        gatewayId,
        gateway,
      }))
    )
  }

  /** Plugins that are enabled and in memory, degraded ones too */
  enabledPlugins(): readonly {
    id: string
    definition: PluginDefinition
    settings: Readonly<Record<string, unknown>>
  }[] {
    return [...this.#entries.values()].map(({ loaded }) => ({
      id: loaded.id,
      definition: loaded.definition,
      settings: loaded.settings,
    }))
  }

  /** Flags of jobs that must wait: `plugin:<id>` of every plugin that is not enabled. Cheap: called at every fetch */
  heldFlags(): string[] {
    return this.#known
      .filter((plugin) => plugin.status !== 'enabled' || !this.#entries.has(plugin.id))
      .map((plugin) => `plugin:${plugin.id}`)
  }

  /** What the admin sees: every plugin with status, manifest, settings, health, failures */
  async overview(): Promise<readonly PluginOverview[]> {
    return Promise.all((await this.survey()).map((plugin) => pluginOverview(plugin)))
  }

  /** Every plugin with its status, read anew */
  async survey(): Promise<readonly KnownPlugin[]> {
    const [found, rows] = await Promise.all([
      discoverPlugins({ folders: this.#folders(), hostVersion: this.options.hostVersion }),
      readPluginRows(),
    ])
    const ids = [...new Set([...found.map(({ id }) => id), ...rows.map(({ id }) => id)])].sort()
    return ids.map((id) => {
      const pair = {
        found: found.find((plugin) => plugin.id === id) ?? null,
        row: rows.find((row) => row.id === id) ?? null,
      }
      return { id, ...pair, ...pluginStatus({ ...pair, safeMode: this.options.safeMode }) }
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
  | The way to a plugin's code
  |--------------------------------------------------------------------------
  */

  /**
   * Calls into a plugin. Every failure comes out as a PluginError, is written down and counts towards quarantine.
   *
   * @throws E_PLUGIN_UNAVAILABLE when the plugin is not enabled here
   * @throws E_PLUGIN_THREW, E_PLUGIN_TIMEOUT, E_PLUGIN_NOT_GRANTED and what capabilities throw
   */
  async call<T>(
    o: CallOptions,
    fn: (ctx: PluginContext<any, any>, plugin: PluginDefinition) => Promise<T> | T
  ): Promise<T> {
    const entry = this.#entry(o.pluginId, o.operation)
    entry.inFlight++
    try {
      return await this.run({ ...o, loaded: entry.loaded }, fn)
    } finally {
      entry.inFlight--
      if (entry.retired) this.#release(entry)
    }
  }

  /** Calls a pure function of a plugin (estimator, plan): no capability, no waiting */
  callSync<T>(
    o: Pick<CallOptions, 'pluginId' | 'operation'>,
    fn: (ctx: PluginContext<any, any>, plugin: PluginDefinition) => T
  ): T {
    const { loaded } = this.#entry(o.pluginId, o.operation)
    this.#watchdog?.entered(loaded.id)
    try {
      return guardPure({ loaded, operation: o.operation, options: this.options }, (ctx) =>
        fn(ctx, loaded.definition)
      )
    } catch (error) {
      if (error instanceof PluginError) this.#record(error)
      throw error
    } finally {
      this.#watchdog?.left()
    }
  }

  /** For callers that found a wrong shape in an answer: writes it down and counts it */
  async reportFailure(failure: PluginFailure): Promise<void> {
    await this.#record(failure)
  }

  /** Runs a function of a plugin that a verb has loaded for itself; guarded and recorded like `call` */
  async run<T>(
    o: CallOptions & { readonly loaded: LoadedPlugin; readonly timeoutCode?: PluginFailureCode },
    fn: (ctx: PluginContext<any, any>, plugin: PluginDefinition) => Promise<T> | T
  ): Promise<T> {
    const { loaded, operation, signal } = o
    this.#watchdog?.entered(loaded.id)
    try {
      return await guardCall(
        {
          loaded,
          operation,
          options: this.options,
          timeoutMs: o.timeoutMs ?? this.options.callTimeoutMs,
          timeoutCode: o.timeoutCode ?? 'E_PLUGIN_TIMEOUT',
          ...(signal ? { signal } : {}),
        },
        (ctx) => fn(ctx, loaded.definition)
      )
    } catch (error) {
      if (error instanceof PluginError) await this.#record(error)
      throw error
    }
  }

  /**
   * Loads a plugin for the time of a verb, whether it is enabled or not.
   *
   * @param o.settings and o.candidates values that are being tried
   */
  async withPlugin<T>(
    o: {
      found: UsablePlugin
      row: PluginRow
      settings?: Readonly<Record<string, unknown>>
      candidates?: Readonly<Record<string, string>>
    },
    use: (loaded: LoadedPlugin) => Promise<T>
  ): Promise<T> {
    let loaded: LoadedPlugin
    try {
      loaded = await this.#load({ ...o, settings: o.settings ?? o.row.settings })
    } catch (error) {
      if (error instanceof PluginError) await this.#record(error)
      throw error
    }
    try {
      return await use(loaded)
    } finally {
      loaded.stop.abort()
      await loaded.close()
    }
  }

  /** Runs a plugin's own check and writes its health down. A plugin without a check is well when its settings are */
  async checkHealth(pluginId: string): Promise<{ ok: boolean }> {
    const { loaded } = this.#entry(pluginId, 'check')
    const health = await this.examine(loaded)
    await updatePluginRow(pluginId, {
      health: health.ok ? 'ok' : 'degraded',
      health_detail: health.detail,
    })
    return { ok: health.ok }
  }

  /** Asks a loaded plugin whether its settings work. Never throws: an error is an answer, too */
  async examine(loaded: LoadedPlugin): Promise<{ ok: boolean; detail: string }> {
    const { check } = loaded.definition.hooks
    if (!loaded.settingsValid) return { ok: false, detail: SETTINGS_INCOMPLETE }
    if (!check) return { ok: true, detail: '' }
    try {
      const answer = await this.run(
        { loaded, pluginId: loaded.id, operation: 'check', timeoutMs: 15_000 },
        (ctx, plugin) => plugin.hooks.check?.(ctx)
      )
      return { ok: answer?.ok === true, detail: JSON.stringify(answer?.detail ?? '') }
    } catch (error) {
      return { ok: false, detail: error instanceof PluginError ? error.detail : String(error) }
    }
  }

  /** Hears the facts that channels' receipts bring. Called before the webhook is answered: what throws is sent again */
  onReceipts(listener: ReceiptsListener): void {
    this.#receiptsListeners.push(listener)
  }

  get receiptsListeners(): readonly ReceiptsListener[] {
    return this.#receiptsListeners
  }

  /*
  |--------------------------------------------------------------------------
  | Inside
  |--------------------------------------------------------------------------
  */

  #folders() {
    return {
      bundled: this.options.folders.bundled,
      others: [...this.options.folders.others, ...this.#moreFolders],
    }
  }

  #entry(pluginId: string, operation: string): Entry {
    const entry = this.#entries.get(pluginId)
    if (entry) return entry
    const status = this.#known.find((plugin) => plugin.id === pluginId)?.status ?? 'missing'
    throw new PluginError({
      code: 'E_PLUGIN_UNAVAILABLE',
      pluginId,
      operation,
      detail: `it is ${status}`,
    })
  }

  #usable(): readonly Entry[] {
    const healthy = new Set(
      this.#known.filter((plugin) => plugin.status === 'enabled').map(({ id }) => id)
    )
    return [...this.#entries.values()].filter(({ loaded }) => healthy.has(loaded.id))
  }

  async #refresh(): Promise<void> {
    const known = await this.survey()
    const wanted = known.filter(
      (plugin) => plugin.status === 'enabled' || plugin.status === 'degraded'
    )
    for (const [id, entry] of this.#entries)
      if (!wanted.some((plugin) => plugin.id === id)) this.#retire(id, entry)

    const outcomes = await Promise.all(wanted.map((plugin) => this.#take(plugin)))
    this.#known = outcomes.includes('changed') ? await this.survey() : known
  }

  /** Loads a wanted plugin when it is new or changed. Its failure is its own */
  async #take(plugin: KnownPlugin): Promise<'same' | 'changed'> {
    const { found, row } = plugin
    if (!found?.manifest || !row) return 'same'
    const signature = JSON.stringify([
      found.folder,
      row.version,
      row.granted,
      row.settings,
      await secretsStamp(row.id),
    ])
    const before = this.#entries.get(plugin.id)
    if (before?.signature === signature) return this.#agreeOnHealth(row, before.loaded)
    try {
      const loaded = await this.#load({ found: found as UsablePlugin, row, settings: row.settings })
      if (before) this.#retire(plugin.id, before)
      this.#entries.set(plugin.id, { loaded, signature, inFlight: 0, retired: false })
      return await this.#agreeOnHealth(row, loaded)
    } catch (error) {
      if (before) this.#retire(plugin.id, before)
      if (error instanceof PluginError) await this.#record(error)
      this.options.logger.error({ plugin: plugin.id, err: error }, 'A plugin could not be started')
      return 'changed'
    }
  }

  /** Settings that do not fit the schema make a plugin degraded; once they fit, it must be examined again */
  async #agreeOnHealth(row: PluginRow, loaded: LoadedPlugin): Promise<'same' | 'changed'> {
    const blamed = row.health === 'degraded' && row.health_detail === SETTINGS_INCOMPLETE
    if (loaded.settingsValid !== blamed) return 'same'
    await updatePluginRow(
      row.id,
      blamed
        ? { health: 'unknown', health_detail: '' }
        : { health: 'degraded', health_detail: SETTINGS_INCOMPLETE }
    )
    return 'changed'
  }

  /** Degraded plugins may be well by now: the far side came back, or the settings changed */
  async #recheckDegraded(): Promise<void> {
    const unsure = this.#known.filter(
      (plugin) => this.#entries.has(plugin.id) && plugin.row?.health === 'unknown'
    )
    await Promise.allSettled(unsure.map((plugin) => this.checkHealth(plugin.id)))
  }

  #load(o: {
    found: UsablePlugin
    row: PluginRow
    settings: Readonly<Record<string, unknown>>
    candidates?: Readonly<Record<string, string>>
  }): Promise<LoadedPlugin> {
    return loadPlugin({
      found: o.found,
      granted: o.row.granted,
      settings: o.settings,
      ...(o.candidates ? { candidates: o.candidates } : {}),
      options: this.options,
      ports: this.ports,
      generations: this.#generations,
    })
  }

  #retire(id: string, entry: Entry) {
    if (this.#entries.get(id) === entry) this.#entries.delete(id)
    entry.retired = true
    this.#release(entry)
  }

  /** Gives back what a retired plugin holds, when its last call has ended */
  #release(entry: Entry) {
    if (entry.inFlight > 0) return
    const gone = !this.#entries.has(entry.loaded.id)
    if (gone) entry.loaded.stop.abort()
    entry.loaded
      .close()
      .catch((error: unknown) =>
        this.options.logger.warn(
          { plugin: entry.loaded.id, err: error },
          'Could not close a plugin'
        )
      )
  }

  /** Writes a failure down. Recording must not fail the caller, who has an error of its own already */
  #record(failure: PluginFailure | PluginError): Promise<void> {
    const work = this.#write(failure).catch((error: unknown) =>
      this.options.logger.error(
        { plugin: failure.pluginId, err: error },
        'Could not write down the failure of a plugin'
      )
    )
    this.#recording.add(work)
    return work.finally(() => this.#recording.delete(work))
  }

  async #write(failure: PluginFailure | PluginError): Promise<void> {
    const { pluginId, code, operation, detail } = failure
    if (!isFailureCode(code)) return
    this.options.logger.warn({ plugin: pluginId, code, operation, detail }, 'A plugin failed')
    const { quarantined } = await recordFailure(
      { pluginId, code, operation, detail },
      this.options.failures
    )
    if (!quarantined) return

    this.options.logger.error({ plugin: pluginId, code }, 'A plugin went into quarantine')
    announce('plugin:quarantined', { pluginId, code, reason: detail })
    const entry = this.#entries.get(pluginId)
    if (entry) this.#retire(pluginId, entry)
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
