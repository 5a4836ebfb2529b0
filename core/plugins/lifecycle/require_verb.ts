import { PluginError } from '../errors.js'
import type { KnownPlugin } from '../discovery/survey_plugins.js'
import { verbsFrom, type PluginVerb } from '../discovery/plugin_transitions.js'
import type { PluginRow, UsablePlugin } from '../types.js'

/** @throws E_PLUGIN_TRANSITION when the status does not allow the verb */
export function requireVerb(plugin: KnownPlugin, verb: PluginVerb): void {
  const allowed = verbsFrom(plugin.status)
  if (allowed.includes(verb)) return
  throw new PluginError({
    code: 'E_PLUGIN_TRANSITION',
    pluginId: plugin.id,
    operation: verb,
    detail: `it is ${plugin.status}, which allows ${allowed.join(', ') || 'nothing'}`,
    data: { status: plugin.status },
  })
}

/**
 * @returns files that may be imported
 * @throws E_PLUGIN_UNKNOWN, E_PLUGIN_MANIFEST, E_PLUGIN_INCOMPATIBLE
 */
export function requireUsable(plugin: KnownPlugin, operation: string): UsablePlugin {
  const { found, id } = plugin
  if (!found)
    throw new PluginError({
      code: 'E_PLUGIN_UNKNOWN',
      pluginId: id,
      operation,
      detail: 'its files are gone. Put its folder back into plugins/',
    })
  if (!found.manifest)
    throw new PluginError({
      code: 'E_PLUGIN_MANIFEST',
      pluginId: id,
      operation,
      detail: found.problems.join('\n'),
    })
  if (found.incompatible !== null)
    throw new PluginError({
      code: 'E_PLUGIN_INCOMPATIBLE',
      pluginId: id,
      operation,
      detail: found.incompatible,
    })
  return found as UsablePlugin
}

/** @throws E_PLUGIN_TRANSITION when the plugin was never installed */
export function requireRow(plugin: KnownPlugin, operation: string): PluginRow {
  if (plugin.row && plugin.row.version !== '') return plugin.row
  throw new PluginError({
    code: 'E_PLUGIN_TRANSITION',
    pluginId: plugin.id,
    operation,
    detail: 'it is not installed. Install it first',
    data: { status: plugin.status },
  })
}
