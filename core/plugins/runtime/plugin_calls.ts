import type { PluginContext, PluginDefinition } from '@griot/sdk'
import { PluginError, type PluginFailureCode } from '../errors.js'
import type { FailureRecorder } from '../failures/failure_recorder.js'
import { guardCall, guardPure } from './guard_call.js'
import type { KernelOptions } from './kernel_options.js'
import { SETTINGS_INCOMPLETE, type LoadedPlugins } from './loaded_plugins.js'
import { updatePluginRow } from '../discovery/plugin_rows.js'
import type { LoadedPlugin, PluginRow, PluginStatus, UsablePlugin } from '../types.js'
import type { Watchdog } from '../failures/watchdog.js'
import debug from '../debug.js'

/** Milliseconds that a plugin's own check may take */
const CHECK_MS = 15_000

export type CallOptions = {
  readonly pluginId: string
  /** What is being done, for logs and for the list of failures: `send`, `estimator`, `webhook:delivery` */
  readonly operation: string
  /** Milliseconds; 30,000 unless told */
  readonly timeoutMs?: number
  /** The caller's own reason to give up */
  readonly signal?: AbortSignal
}

/** A plugin has its own types of settings and secrets; who calls it through the kernel knows neither */
type Use<T> = (ctx: PluginContext, plugin: PluginDefinition) => T

type Options = {
  readonly kernel: KernelOptions
  readonly loaded: LoadedPlugins
  readonly recorder: FailureRecorder
  readonly statusOf: (pluginId: string) => PluginStatus
  readonly watchdog: () => Watchdog | null
}

/**
 * The only way to a plugin's code: with a limit of time, watched for blocking, every failure written down and counted towards
 * quarantine.
 */
export class PluginCalls {
  constructor(private readonly o: Options) {}

  /**
   * Calls into a plugin that is enabled. It stays open until the call has ended.
   *
   * @throws E_PLUGIN_UNAVAILABLE when the plugin is not enabled here
   * @throws E_PLUGIN_THREW, E_PLUGIN_TIMEOUT, E_PLUGIN_NOT_GRANTED and what capabilities throw
   */
  async call<T>(o: CallOptions, fn: Use<Promise<T> | T>): Promise<T> {
    this.#require(o.pluginId, o.operation)
    return this.o.loaded.during(o.pluginId, (loaded) => this.run({ ...o, loaded }, fn))
  }

  /** Calls a pure function of a plugin (estimator, plan): it gets no capability, and must answer at once */
  async callPure<T>(o: Pick<CallOptions, 'pluginId' | 'operation'>, fn: Use<T>): Promise<T> {
    const loaded = this.#require(o.pluginId, o.operation)
    const watchdog = this.o.watchdog()
    watchdog?.entered(loaded.id)
    try {
      return guardPure({ loaded, operation: o.operation, options: this.o.kernel }, (ctx) =>
        fn(ctx, loaded.definition)
      )
    } catch (error) {
      if (error instanceof PluginError) await this.o.recorder.record(error)
      throw error
    } finally {
      watchdog?.left()
    }
  }

  /** Runs a function of a plugin that a verb has loaded for itself; guarded and recorded like `call` */
  async run<T>(
    o: CallOptions & { readonly loaded: LoadedPlugin; readonly timeoutCode?: PluginFailureCode },
    fn: Use<Promise<T> | T>
  ): Promise<T> {
    const { loaded, operation, signal } = o
    debug('%s: %s…', loaded.id, operation)
    this.o.watchdog()?.entered(loaded.id)
    try {
      return await guardCall(
        {
          loaded,
          operation,
          options: this.o.kernel,
          timeoutMs: o.timeoutMs ?? this.o.kernel.callTimeoutMs,
          timeoutCode: o.timeoutCode ?? 'E_PLUGIN_TIMEOUT',
          ...(signal ? { signal } : {}),
        },
        (ctx) => fn(ctx, loaded.definition)
      )
    } catch (error) {
      debug('%s: %s threw %s', loaded.id, operation, (error as { code?: string }).code)
      if (error instanceof PluginError) await this.o.recorder.record(error)
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
      loaded = await this.o.loaded.load({ ...o, settings: o.settings ?? o.row.settings })
    } catch (error) {
      if (error instanceof PluginError) await this.o.recorder.record(error)
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
    const health = await this.examine(this.#require(pluginId, 'check'))
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
        { loaded, pluginId: loaded.id, operation: 'check', timeoutMs: CHECK_MS },
        (ctx, plugin) => plugin.hooks.check?.(ctx)
      )
      return { ok: answer?.ok === true, detail: JSON.stringify(answer?.detail ?? '') }
    } catch (error) {
      return { ok: false, detail: error instanceof PluginError ? error.detail : String(error) }
    }
  }

  #require(pluginId: string, operation: string): LoadedPlugin {
    const loaded = this.o.loaded.get(pluginId)
    if (loaded) return loaded
    throw new PluginError({
      code: 'E_PLUGIN_UNAVAILABLE',
      pluginId,
      operation,
      detail: `it is ${this.o.statusOf(pluginId)}`,
    })
  }
}
