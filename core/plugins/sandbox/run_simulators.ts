import { mkdirSync, writeFileSync } from 'node:fs'
import { dataFolder } from '#core/database/app_root'
import { sql } from '#core/database/sql'
import { importDefinition } from '../runtime/import_definition.js'
import pluginKernel from '../main.js'
import { requireUsable } from '../lifecycle/require_verb.js'
import { MessageRecorder } from './message_recorder.js'
import { SIMULATORS_FILE, type RunningSimulator } from './running_simulator.js'

/** Milliseconds for a plugin to be imported */
const IMPORT_MS = 5_000

/**
 * Starts the simulators of every plugin on loopback, installed or not: a plugin that is enabled later finds its far side
 * there. Plugins whose settings no admin has saved are pointed at theirs. Never on the code path of production: only the
 * `serve:sandbox` process imports this.
 *
 * @param o.mailboxPort port of the mailbox, where the platform's own mail goes too; others take any
 */
export async function runSimulators(o: {
  mailboxPort: number
}): Promise<{ running: readonly RunningSimulator[]; stop(): Promise<void> }> {
  const started: (RunningSimulator & { stop(): Promise<void> })[] = []
  const recorder = new MessageRecorder()

  for (const plugin of await pluginKernel.survey()) {
    if (!plugin.found || plugin.status === 'invalid' || plugin.status === 'incompatible') continue
    const found = requireUsable(plugin, 'enable')
    if ((found.manifest.contributes?.simulators ?? []).length === 0) continue

    const definition = await importDefinition({ found, generation: 0, timeoutMs: IMPORT_MS })
    for (const [name, load] of Object.entries(definition.simulators)) {
      const simulator = await load()
      const running = await simulator.start({
        port: simulator.kind === 'mailbox' ? o.mailboxPort : 0,
        record: (messages) => recorder.add(plugin.id, name, messages),
      })
      started.push({
        pluginId: plugin.id,
        simulator: name,
        port: running.port,
        stop: () => running.stop(),
      })
      await sql(
        `update plugins set settings = $2::jsonb, updated_at = now() where id = $1 and settings_source = 'sandbox' and settings is distinct from $2::jsonb`,
        [plugin.id, JSON.stringify(simulator.settings(running.port))]
      )
    }
  }
  mkdirSync(dataFolder(), { recursive: true })
  writeFileSync(
    dataFolder(SIMULATORS_FILE),
    JSON.stringify(started.map(({ pluginId, simulator, port }) => ({ pluginId, simulator, port })))
  )

  return {
    running: started,
    stop: async () => {
      await Promise.all(started.map((one) => one.stop()))
      await recorder.close()
    },
  }
}
