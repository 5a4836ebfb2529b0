import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import logger from '@adonisjs/core/services/logger'
import { dataFolder } from '#core/database/app_root'
import { sql } from '#core/database/sql'
import type { KnownPlugin } from '../discovery/survey_plugins.js'
import { requireUsable } from '../lifecycle/require_verb.js'
import pluginKernel from '../main.js'
import { MessageRecorder } from './message_recorder.js'
import { simulatorHost } from './simulator_host.js'
import { SIMULATORS_FILE, type RunningSimulator } from './running_simulator.js'

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
    const host = await simulatorHost({
      found,
      options: pluginKernel.options,
      record: (simulator, messages) => o.recorder.add(plugin.id, simulator, messages),
    })
    for (const name of host.description.simulators) {
      const { kind } = await host.call(`simulators.${name}.describe`, null)
      const { running, port } = await host.call(`simulators.${name}.start`, {
        port: kind === 'mailbox' ? o.mailboxPort : 0,
      })
      started.push({
        pluginId: plugin.id,
        simulator: name,
        port,
        stop: () => host.call(`simulators.${name}.halt`, { running }),
      })
      const settings = await host.call(`simulators.${name}.settings`, { port })
      await sql(
        `update plugins set settings = $2::jsonb, updated_at = now()
          where id = $1 and settings_source = 'sandbox' and settings is distinct from $2::jsonb`,
        [plugin.id, JSON.stringify(settings)]
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
