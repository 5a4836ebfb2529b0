import { sql } from '#core/database/sql'
import type { Actor } from '#core/database/actor'
import { startPlugin } from './enable_plugin.js'
import { announce } from './events.js'
import type { PluginKernel } from '../plugin_kernel.js'
import { OUT_OF_QUARANTINE, updatePluginRow } from '../discovery/plugin_rows.js'
import { requireVerb } from './require_verb.js'
import { withPluginLock } from './with_plugin_lock.js'

/**
 * Lets a plugin out of quarantine: it must start as if it were enabled anew, or it stays where it is. The failures
 * counted so far no longer count. A plugin that was meant to be disabled becomes just that.
 */
export async function resumePlugin(o: {
  kernel: PluginKernel
  id: string
  by: Actor
}): Promise<void> {
  const { kernel, id } = o
  await withPluginLock(
    { databaseUrl: kernel.options.databaseUrl(), id, operation: 'resume' },
    async () => {
      const plugin = await kernel.find(id)
      requireVerb(plugin, 'resume')
      await sql(
        `update plugin_failures set at = least(at, now() - $2::int * interval '1 millisecond')
          where plugin_id = $1`,
        [id, kernel.options.failures.windowMs]
      )
      if (plugin.row?.desired === 'disabled')
        await updatePluginRow(id, { operation_error: null, ...OUT_OF_QUARANTINE })
      else await startPlugin({ kernel, plugin })
    }
  )
  announce('plugin:enabled', { pluginId: id, by: o.by })
  await kernel.refresh()
}
