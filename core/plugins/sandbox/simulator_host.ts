import type { ArgsOf, CallName, ResultOf } from '../hosts/calls.js'
import { importDefinition } from '../hosts/import_definition.js'
import { InProcessHost } from '../hosts/in_process_host.js'
import type { PluginDescription } from '../hosts/description.js'
import type { RecordMessages } from '../hosts/perform.js'
import type { KernelOptions } from '../runtime/kernel_options.js'
import type { UsablePlugin } from '../types.js'

/** Milliseconds for a plugin to be imported */
const IMPORT_MS = 5_000

type SimulatorCall = Extract<CallName, `simulators.${string}`>

export type SimulatorHost = {
  readonly description: PluginDescription
  call<N extends SimulatorCall>(call: N, args: ArgsOf<N>): Promise<ResultOf<N>>
}

/**
 * A host for the simulators of a plugin and nothing else: the far side has none of the plugin's settings, secrets and capabilities.
 *
 * @param o.record takes what the simulators receive
 * @throws E_PLUGIN_IMPORT, E_PLUGIN_BOOT_TIMEOUT, E_PLUGIN_MANIFEST_MISMATCH
 */
export async function simulatorHost(o: {
  found: UsablePlugin
  options: Pick<KernelOptions, 'logger' | 'clock' | 'crossing'>
  record?: RecordMessages
}): Promise<SimulatorHost> {
  const { found } = o
  const imported = await importDefinition({ found, generation: 0, timeoutMs: IMPORT_MS })
  const { signal } = new AbortController()
  const host = new InProcessHost({
    ...imported,
    plugin: {
      id: found.id,
      version: found.version,
      settings: {},
      services: {},
      knownSecrets: () => [],
    },
    options: o.options,
    stop: signal,
    ...(o.record ? { record: o.record } : {}),
  })
  return {
    description: imported.description,
    call: (call, args) => host.call(call, args, { signal }),
  }
}
