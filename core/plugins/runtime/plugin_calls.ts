import { PluginError, type PluginErrorCode, type PluginFailureCode } from '../errors.js'
import type { FailureRecorder } from '../failures/failure_recorder.js'
import {
  closes,
  handleOf,
  isPure,
  opens,
  type ArgsOf,
  type CallName,
  type Handle,
  type ResultOf,
} from '../hosts/calls.js'
import { timeLimit } from './time_limit.js'
import type { KernelOptions } from './kernel_options.js'
import { SETTINGS_INCOMPLETE, type LoadedPlugins } from './loaded_plugins.js'
import { updatePluginRow } from '../discovery/plugin_rows.js'
import type { LoadedPlugin, PluginRow, PluginStatus, UsablePlugin } from '../types.js'
import type { Watchdog } from '../failures/watchdog.js'
import debug from '../debug.js'

/** Milliseconds that a plugin's own check may take */
const CHECK_MS = 15_000

export type CallOptions = {
  /** Milliseconds; 30,000 unless told */
  readonly timeoutMs?: number
  /** The caller's own reason to give up */
  readonly signal?: AbortSignal
}

type Options = {
  readonly kernel: KernelOptions
  readonly loaded: LoadedPlugins
  readonly recorder: FailureRecorder
  readonly statusOf: (pluginId: string) => PluginStatus
  readonly watchdog: () => Watchdog | null
}

/**
 * The only way to a plugin: by the name of a call, with plain data, a limit of time, watched for blocking, every failure written down
 * and counted towards quarantine.
 */
export class PluginCalls {
  constructor(private readonly o: Options) {}

  /**
   * Calls into a plugin that is enabled. It stays open until the call has ended, and until what the call opened is closed.
   *
   * @param call name in the table of hosts/calls.ts: `channels.email.send`
   * @throws E_PLUGIN_UNAVAILABLE when the plugin is not enabled here; what was opened can be closed all the same
   * @throws E_PLUGIN_HANDLE_GONE when what the call is about was closed
   * @throws E_PLUGIN_THREW, E_PLUGIN_TIMEOUT, E_PLUGIN_NOT_GRANTED and what capabilities throw
   */
  async call<N extends CallName>(
    pluginId: string,
    call: N,
    args: ArgsOf<N>,
    o: CallOptions = {}
  ): Promise<ResultOf<N>> {
    const handle = handleOf(args)
    if (!closes(call)) this.#require(pluginId, call)
    return this.o.loaded.during({ id: pluginId, handle }, async (loaded, opened) => {
      try {
        const result = await this.on(loaded, call, args, o)
        if (opens(call)) opened(result as Handle)
        return result
      } finally {
        if (handle !== null && closes(call)) this.o.loaded.closed(handle)
      }
    })
  }

  /** Calls into a plugin that a verb has loaded for itself; guarded and recorded alike */
  async on<N extends CallName>(
    loaded: LoadedPlugin,
    call: N,
    args: ArgsOf<N>,
    o: CallOptions & { readonly timeoutCode?: PluginFailureCode } = {}
  ): Promise<ResultOf<N>> {
    const error = (code: PluginErrorCode, detail: string) =>
      new PluginError({ code, pluginId: loaded.id, operation: call, detail })
    const timeoutMs = o.timeoutMs ?? this.o.kernel.callTimeoutMs
    const own = new AbortController()
    const signal = o.signal ? AbortSignal.any([own.signal, o.signal]) : own.signal
    debug('%s: %s…', loaded.id, call)
    try {
      return await timeLimit({
        timeoutMs,
        run: () => this.#watched(loaded, call, () => loaded.host.call(call, args, { signal })),
        expired: () =>
          error(o.timeoutCode ?? 'E_PLUGIN_TIMEOUT', `no answer within ${timeoutMs} ms`),
        threw: (cause) => cause as Error,
        ...(o.signal
          ? {
              aborted: {
                signal: o.signal,
                error: () => error('E_PLUGIN_ABORTED', 'the caller gave up'),
              },
            }
          : {}),
      })
    } catch (thrown) {
      debug('%s: %s threw %s', loaded.id, call, (thrown as { code?: string }).code)
      if (thrown instanceof PluginError) await this.o.recorder.record(thrown)
      throw thrown
    } finally {
      own.abort()
    }
  }

  /** The watchdog knows whose code began to run last; a pure call has run when it comes back */
  #watched<T>(loaded: LoadedPlugin, call: CallName, run: () => T): T {
    const watchdog = this.o.watchdog()
    watchdog?.entered(loaded.id)
    const running = run()
    if (isPure(call)) watchdog?.left()
    return running
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
    const health = await this.examine(this.#require(pluginId, 'hooks.check'))
    await updatePluginRow(pluginId, {
      health: health.ok ? 'ok' : 'degraded',
      health_detail: health.detail,
    })
    return { ok: health.ok }
  }

  /** Asks a loaded plugin whether its settings work. Never throws: an error is an answer, too */
  async examine(loaded: LoadedPlugin): Promise<{ ok: boolean; detail: string }> {
    if (!loaded.settingsValid) return { ok: false, detail: SETTINGS_INCOMPLETE }
    if (!loaded.host.description.hooks.includes('check')) return { ok: true, detail: '' }
    try {
      const answer = await this.on(loaded, 'hooks.check', null, { timeoutMs: CHECK_MS })
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
