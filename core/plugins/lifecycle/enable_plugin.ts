import type { Actor } from '#core/database/actor'
import { PluginError } from '../errors.js'
import { announce } from './events.js'
import type { PluginKernel } from '../plugin_kernel.js'
import type { KnownPlugin } from '../discovery/survey_plugins.js'
import { OUT_OF_QUARANTINE, updatePluginRow } from '../discovery/plugin_rows.js'
import { createPluginSchema } from './plugin_schema.js'
import { requireRow, requireUsable, requireVerb } from './require_verb.js'
import { withPluginLock } from './with_plugin_lock.js'

/**
 * Enables a plugin in every process: import, the enable hook, its own check. When the check says no, it is enabled
 * and degraded: its channels are shown and refuse work until the settings are right. Enabling an enabled plugin does
 * nothing.
 *
 * @throws E_PLUGIN_TRANSITION when its status does not allow it
 * @throws E_PLUGIN_IMPORT, E_PLUGIN_BOOT_TIMEOUT… when it cannot start; it goes into quarantine then
 */
export async function enablePlugin(o: {
  kernel: PluginKernel
  id: string
  by: Actor
}): Promise<void> {
  const { kernel, id } = o
  await withPluginLock(
    { databaseUrl: kernel.options.databaseUrl(), id, operation: 'enable' },
    async () => {
      const plugin = await kernel.find(id)
      if (plugin.status === 'enabled' || plugin.status === 'degraded') return
      requireVerb(plugin, 'enable')
      await startPlugin({ kernel, plugin })
    }
  )
  announce('plugin:enabled', { pluginId: id, by: o.by })
  await kernel.refresh()
}

/** Runs what a start runs and writes the result down. Shared by enabling and leaving quarantine */
export async function startPlugin(o: { kernel: PluginKernel; plugin: KnownPlugin }): Promise<void> {
  const { kernel, plugin } = o
  const { id } = plugin
  const found = requireUsable(plugin, 'enable')
  const row = requireRow(plugin, 'enable')
  refuseTakenChannels(o)
  try {
    /** Sets the role's password anew, too: it hangs on APP_KEY, which may have been changed */
    if (found.manifest.capabilities.database)
      await createPluginSchema({ pluginId: id, key: kernel.options.key })
    await kernel.calls.withPlugin({ found, row }, async (loaded) => {
      await kernel.calls.on(loaded, 'hooks.enable', null, {
        timeoutMs: kernel.options.bootTimeoutMs,
        timeoutCode: 'E_PLUGIN_BOOT_TIMEOUT',
      })
      const health = await kernel.calls.examine(loaded)
      await updatePluginRow(id, {
        desired: 'enabled',
        operation_error: null,
        health: health.ok ? 'ok' : 'degraded',
        health_detail: health.detail,
        ...OUT_OF_QUARANTINE,
      })
    })
  } catch (error) {
    await updatePluginRow(id, { operation_error: (error as Error).message.slice(0, 2_000) })
    throw error
  }
}

/** Two plugins cannot offer one channel: a campaign would not know which it meant */
function refuseTakenChannels({
  kernel,
  plugin,
}: {
  kernel: PluginKernel
  plugin: KnownPlugin
}): void {
  for (const { pluginId, channelId } of kernel.channels()) {
    if (
      pluginId !== plugin.id &&
      plugin.found?.manifest?.contributes.channels.includes(channelId)
    ) {
      throw new PluginError({
        code: 'E_PLUGIN_INCOMPATIBLE',
        pluginId: plugin.id,
        operation: 'enable',
        detail: `the plugin ${pluginId} already offers the channel ${channelId}. Disable that plugin first`,
      })
    }
  }
}
