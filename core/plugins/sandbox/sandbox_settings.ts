import { existsSync, readFileSync } from 'node:fs'
import { dataFolder } from '#core/database/app_root'
import { simulatorHost } from './simulator_host.js'
import pluginKernel from '../main.js'
import { requireUsable } from '../lifecycle/require_verb.js'
import { SIMULATORS_FILE, type RunningSimulator } from './running_simulator.js'

/**
 * Settings that point a plugin at its running simulators; null when none runs for it.
 */
export async function sandboxSettings(pluginId: string): Promise<Record<string, unknown> | null> {
  const file = dataFolder(SIMULATORS_FILE)
  if (!existsSync(file)) return null
  const running = (JSON.parse(readFileSync(file, 'utf8')) as RunningSimulator[]).filter(
    (one) => one.pluginId === pluginId
  )
  if (running.length === 0) return null

  const found = requireUsable(await pluginKernel.find(pluginId), 'enable')
  const host = await simulatorHost({ found, options: pluginKernel.options })
  let settings: Record<string, unknown> = {}
  for (const { simulator, port } of running)
    if (host.description.simulators.includes(simulator))
      settings = { ...settings, ...(await host.call(`simulators.${simulator}.settings`, { port })) }
  return settings
}
