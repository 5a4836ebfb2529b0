import { discoverPlugins, type PluginFolders } from './discover_plugins.js'
import { readPluginRows } from './plugin_rows.js'
import { pluginStatus, type StatusReason } from './plugin_status.js'
import type { FoundPlugin, PluginRow, PluginStatus } from '../types.js'

export type KnownPlugin = {
  readonly id: string
  readonly found: FoundPlugin | null
  readonly row: PluginRow | null
  readonly status: PluginStatus
  readonly why: StatusReason | null
}

/** Every plugin that has a folder, a row or both, with the status that follows from them; by id. Each process derives the same */
export async function surveyPlugins(o: {
  readonly folders: PluginFolders
  readonly hostVersion: string
  readonly safeMode: boolean
}): Promise<readonly KnownPlugin[]> {
  const [found, rows] = await Promise.all([
    discoverPlugins({ folders: o.folders, hostVersion: o.hostVersion }),
    readPluginRows(),
  ])
  const ids = [...new Set([...found.map(({ id }) => id), ...rows.map(({ id }) => id)])].sort()
  return ids.map((id) => {
    const pair = {
      found: found.find((plugin) => plugin.id === id) ?? null,
      row: rows.find((row) => row.id === id) ?? null,
    }
    return { id, ...pair, ...pluginStatus({ ...pair, safeMode: o.safeMode }) }
  })
}
