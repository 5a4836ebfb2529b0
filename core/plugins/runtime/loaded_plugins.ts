import { secretsStamp } from '../capabilities/secrets.js'
import type { Handle } from '../hosts/calls.js'
import { PluginError } from '../errors.js'
import type { FailureRecorder } from '../failures/failure_recorder.js'
import type { KernelOptions, KernelPorts } from './kernel_options.js'
import { Generations, loadPlugin } from './load_plugin.js'
import { updatePluginRow } from '../discovery/plugin_rows.js'
import type { FoundPlugin, LoadedPlugin, PluginRow, UsablePlugin } from '../types.js'

/** Detail of a health that only settings can mend; the admin shows a sentence for it */
export const SETTINGS_INCOMPLETE = 'settings'

type Entry = {
  readonly loaded: LoadedPlugin
  /** What it was loaded from; another one means that it must be loaded again */
  readonly signature: string
  inFlight: number
  retired: boolean
}

type Options = {
  readonly kernel: KernelOptions
  readonly ports: () => KernelPorts
  readonly recorder: FailureRecorder
}

/**
 * The plugins that this process holds in memory. One that is replaced or dropped is closed when its last call has ended, so that
 * a change of settings cuts off nobody who is sending.
 */
export class LoadedPlugins {
  #entries = new Map<string, Entry>()
  /** Where the objects live that were opened and not closed: their plugin stays as it was when they were */
  #handles = new Map<Handle, Entry>()
  #generations = new Generations()

  constructor(private readonly o: Options) {}

  get(id: string): LoadedPlugin | null {
    return this.#entries.get(id)?.loaded ?? null
  }

  all(): readonly LoadedPlugin[] {
    return [...this.#entries.values()].map(({ loaded }) => loaded)
  }

  /**
   * Keeps a plugin open for the time of a call, whatever happens to it meanwhile, and longer where the call opens something.
   *
   * @param o.handle object that the call is about: it is performed where that lives, though the plugin was replaced since
   * @throws E_PLUGIN_HANDLE_GONE when the object was closed
   */
  async during<T>(
    o: { readonly id: string; readonly handle: Handle | null },
    call: (loaded: LoadedPlugin, opened: (handle: Handle) => void) => Promise<T>
  ): Promise<T> {
    const entry = o.handle === null ? this.#entries.get(o.id) : this.#handles.get(o.handle)
    if (entry?.loaded.id !== o.id)
      throw new PluginError({
        code: 'E_PLUGIN_HANDLE_GONE',
        pluginId: o.id,
        operation: 'call',
        detail: 'what was opened there was closed since',
      })
    entry.inFlight++
    try {
      return await call(entry.loaded, (handle) => {
        entry.inFlight++
        this.#handles.set(handle, entry)
      })
    } finally {
      entry.inFlight--
      if (entry.retired) this.#release(entry)
    }
  }

  /** Lets go of a plugin that was kept as it is for an object that lives there */
  closed(handle: Handle): void {
    const entry = this.#handles.get(handle)
    if (!entry) return
    this.#handles.delete(handle)
    entry.inFlight--
    if (entry.retired) this.#release(entry)
  }

  /** Imports a plugin for the time of a verb; not kept here */
  load(o: {
    readonly found: UsablePlugin
    readonly row: PluginRow
    readonly settings: Readonly<Record<string, unknown>>
    readonly candidates?: Readonly<Record<string, string>>
  }): Promise<LoadedPlugin> {
    return loadPlugin({
      found: o.found,
      granted: o.row.granted,
      settings: o.settings,
      ...(o.candidates ? { candidates: o.candidates } : {}),
      options: this.o.kernel,
      ports: this.o.ports,
      generations: this.#generations,
    })
  }

  /**
   * Loads a wanted plugin when it is new or changed. Its failure is its own: it is recorded, and the others go on.
   *
   * @returns whether its status may be another now
   */
  async take(plugin: {
    readonly id: string
    readonly found: FoundPlugin | null
    readonly row: PluginRow | null
  }): Promise<'same' | 'changed'> {
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
      const loaded = await this.load({ found: found as UsablePlugin, row, settings: row.settings })
      this.drop(plugin.id)
      this.#entries.set(plugin.id, { loaded, signature, inFlight: 0, retired: false })
      return await this.#agreeOnHealth(row, loaded)
    } catch (error) {
      if (before && this.#entries.get(plugin.id) === before) this.drop(plugin.id)
      if (error instanceof PluginError) await this.o.recorder.record(error)
      this.o.kernel.logger.error({ plugin: plugin.id, err: error }, 'A plugin could not be started')
      return 'changed'
    }
  }

  /** Takes a plugin out of memory; calls in flight end first */
  drop(id: string): void {
    const entry = this.#entries.get(id)
    if (!entry) return
    this.#entries.delete(id)
    entry.retired = true
    this.#release(entry)
  }

  /** Gives everything back. Calls in flight are told to stop by their signal */
  async closeAll(): Promise<void> {
    for (const { loaded } of this.#entries.values()) {
      loaded.stop.abort()
      await this.#close(loaded)
    }
    this.#entries.clear()
    this.#handles.clear()
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

  /** Gives back what a retired plugin holds, when its last call has ended */
  #release(entry: Entry): void {
    if (entry.inFlight > 0) return
    const gone = !this.#entries.has(entry.loaded.id)
    if (gone) entry.loaded.stop.abort()
    void this.#close(entry.loaded)
  }

  /** What a plugin cannot close itself is closed when the process ends */
  async #close(loaded: LoadedPlugin): Promise<void> {
    try {
      await loaded.close()
    } catch (error) {
      this.o.kernel.logger.warn({ plugin: loaded.id, err: error }, 'Could not close a plugin')
    }
  }
}
