import type { PluginDefinition } from '@griot/sdk'
import { capabilityServices } from '../capabilities/capability_services.js'
import { inBoth } from '../discovery/consent.js'
import { importDefinition, type ImportedPlugin } from '../hosts/import_definition.js'
import { InProcessHost } from '../hosts/in_process_host.js'
import { validated } from '../hosts/validated.js'
import type { KernelOptions, KernelPorts } from './kernel_options.js'
import type { Capabilities, LoadedPlugin, UsablePlugin } from '../types.js'

/** Counts the imports of each plugin, so that new code, or code that failed, is read again */
export class Generations {
  #known = new Map<string, { generation: number; version: string; failed: boolean }>()

  async import(o: { found: UsablePlugin; timeoutMs: number }): Promise<ImportedPlugin> {
    const known = this.#known.get(o.found.folder)
    const again = known !== undefined && (known.failed || known.version !== o.found.version)
    const generation = known ? known.generation + (again ? 1 : 0) : 0
    const entry = { generation, version: o.found.version, failed: true }
    this.#known.set(o.found.folder, entry)
    const imported = await importDefinition({ ...o, generation })
    entry.failed = false
    return imported
  }
}

/**
 * Imports a plugin and makes its services. Nothing of it is registered yet.
 *
 * @param o.settings values as stored; those that its schema refuses are kept and `settingsValid` is false
 * @param o.candidates secrets that are being tried before they are saved
 * @throws E_PLUGIN_IMPORT, E_PLUGIN_BOOT_TIMEOUT, E_PLUGIN_MANIFEST_MISMATCH
 */
export async function loadPlugin(o: {
  found: UsablePlugin
  granted: Capabilities
  settings: Readonly<Record<string, unknown>>
  candidates?: Readonly<Record<string, string>>
  options: KernelOptions
  ports: () => KernelPorts
  generations: Generations
}): Promise<LoadedPlugin> {
  const { definition, description } = await o.generations.import({
    found: o.found,
    timeoutMs: o.options.bootTimeoutMs,
  })
  const { settings, valid } = await settled(definition, o.settings)
  const granted = inBoth(o.found.manifest.capabilities, o.granted)
  const stop = new AbortController()
  const made = capabilityServices({
    manifest: o.found.manifest,
    asked: description.capabilities,
    granted,
    settings,
    options: o.options,
    ports: o.ports,
    signal: stop.signal,
    ...(o.candidates ? { candidates: o.candidates } : {}),
  })
  const plugin = {
    id: o.found.id,
    version: o.found.version,
    settings,
    services: made.services,
    knownSecrets: () => made.secrets.known(),
  }
  return {
    id: o.found.id,
    version: o.found.version,
    manifest: o.found.manifest,
    granted,
    host: new InProcessHost({
      definition,
      description,
      plugin,
      options: o.options,
      stop: stop.signal,
    }),
    settings,
    settingsValid: valid,
    stop,
    close: () => made.close(),
  }
}

async function settled(definition: PluginDefinition, stored: Readonly<Record<string, unknown>>) {
  /** A schema whose own rule throws accepts nothing */
  const answer = await validated(definition.settings, stored).catch(() => null)
  return answer?.valid === true
    ? { settings: Object.freeze({ ...answer.values }), valid: true }
    : { settings: Object.freeze({ ...stored }), valid: false }
}
