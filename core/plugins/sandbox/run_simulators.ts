import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import logger from '@adonisjs/core/services/logger'
import { dataFolder } from '#core/database/app_root'
import { sql } from '#core/database/sql'
import type { KnownPlugin } from '../discovery/survey_plugins.js'
import { requireUsable } from '../lifecycle/require_verb.js'
import pluginKernel from '../main.js'
import { importDefinition } from '../runtime/import_definition.js'
import { MessageRecorder } from './message_recorder.js'
import { SIMULATORS_FILE, type RunningSimulator } from './running_simulator.js'

/** Milliseconds for a plugin to be imported */
const IMPORT_MS = 5_000

type Started = RunningSimulator & { stop(): Promise<void> }

export type Simulators = {
  readonly running: readonly RunningSimulator[]
  /** Starts those of plugins that were installed since, and stops those of plugins that are gone. One at a time */
  follow(): Promise<void>
  stop(): Promise<void>
}

/**
 * Starts on loopback the simulators of the plugins that came with Griot and of those that an admin has installed: no code of a plugin
 * that nobody consented to is loaded. Plugins whose settings no admin has saved are pointed at theirs. Never on the code path of
 * production: only the `serve:sandbox` process imports this.
 *
 * @param o.mailboxPort port of the mailbox, where the platform's own mail goes too; others take any
 */
export async function runSimulators(o: { mailboxPort: number }): Promise<Simulators> {
  const recorder = new MessageRecorder()
  const started = new Map<string, Started[]>()
  let turn: Promise<void> = Promise.resolve()

  const follow = async (): Promise<void> => {
    const wanted = new Map((await pluginKernel.survey()).filter(mayRun).map((one) => [one.id, one]))
    for (const [id, simulators] of [...started])
      if (!wanted.has(id)) {
        started.delete(id)
        await Promise.all(simulators.map((one) => one.stop()))
      }
    for (const [id, plugin] of wanted)
      if (!started.has(id))
        started.set(id, await startSimulators({ plugin, recorder, mailboxPort: o.mailboxPort }))
    writeDown([...started.values()].flat())
  }

  await follow()
  return {
    get running() {
      return [...started.values()].flat()
    },
    follow: () => (turn = turn.then(follow)),
    stop: async () => {
      await turn
      await Promise.all([...started.values()].flat().map((one) => one.stop()))
      await recorder.close()
    },
  }
}

function mayRun(plugin: KnownPlugin): boolean {
  if (!plugin.found?.manifest || plugin.found.incompatible !== null) return false
  if ((plugin.found.manifest.contributes?.simulators ?? []).length === 0) return false
  if (plugin.found.bundled) return true
  const { row } = plugin
  return row !== null && row.version !== '' && row.operation === null
}

async function startSimulators(o: {
  plugin: KnownPlugin
  recorder: MessageRecorder
  mailboxPort: number
}): Promise<Started[]> {
  const { plugin } = o
  const found = requireUsable(plugin, 'enable')
  const started: Started[] = []
  try {
    const definition = await importDefinition({ found, generation: 0, timeoutMs: IMPORT_MS })
    for (const [name, load] of Object.entries(definition.simulators)) {
      const simulator = await load()
      const running = await simulator.start({
        port: simulator.kind === 'mailbox' ? o.mailboxPort : 0,
        record: (messages) => o.recorder.add(plugin.id, name, messages),
      })
      started.push({
        pluginId: plugin.id,
        simulator: name,
        port: running.port,
        stop: () => running.stop(),
      })
      await sql(
        `update plugins set settings = $2::jsonb, updated_at = now()
          where id = $1 and settings_source = 'sandbox' and settings is distinct from $2::jsonb`,
        [plugin.id, JSON.stringify(simulator.settings(running.port))]
      )
    }
  } catch (error) {
    if (found.bundled) throw error
    /** A stranger's simulator that does not start takes nobody else's with it */
    logger.error({ err: error, pluginId: plugin.id }, 'a simulator did not start')
  }
  return started
}

/** Where other processes find the ports */
function writeDown(running: readonly RunningSimulator[]): void {
  mkdirSync(dataFolder(), { recursive: true })
  /** Whole or not at all: others read it whenever they like */
  const file = dataFolder(SIMULATORS_FILE)
  writeFileSync(
    `${file}.part`,
    JSON.stringify(running.map(({ pluginId, simulator, port }) => ({ pluginId, simulator, port })))
  )
  renameSync(`${file}.part`, file)
}
