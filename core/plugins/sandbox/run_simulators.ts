import { sql } from '#core/database/sql'
import pluginKernel from '../main.js'
import { MessageRecorder } from './message_recorder.js'

export type RunningSimulator = { readonly pluginId: string; readonly simulator: string; readonly port: number }

/**
 * Starts the simulator of every enabled plugin on loopback, and points plugins whose settings no admin has saved at
 * theirs. Never on the code path of production: only the `serve:sandbox` process imports this.
 *
 * @param o.mailboxPort port of the mailbox, where the platform's own mail goes too; others take any
 */
export async function runSimulators(o: { mailboxPort: number }): Promise<{ running: readonly RunningSimulator[]; stop(): Promise<void> }> {
  const started: (RunningSimulator & { stop(): Promise<void> })[] = []
  const recorder = new MessageRecorder()

  for (const plugin of pluginKernel.enabledPlugins()) {
    for (const [name, load] of Object.entries(plugin.definition.simulators)) {
      const simulator = await load()
      const running = await simulator.start({
        port: simulator.kind === 'mailbox' ? o.mailboxPort : 0,
        record: (messages) => recorder.add(plugin.id, name, messages),
      })
      started.push({ pluginId: plugin.id, simulator: name, port: running.port, stop: () => running.stop() })
      await sql(
        `update plugins set settings = $2::jsonb, settings_source = 'sandbox', updated_at = now()
          where id = $1 and settings_source <> 'admin' and settings is distinct from $2::jsonb`,
        [plugin.id, JSON.stringify(simulator.settings(running.port))]
      )
    }
  }
  return {
    running: started,
    stop: async () => {
      await Promise.all(started.map((one) => one.stop()))
      await recorder.close()
    },
  }
}
