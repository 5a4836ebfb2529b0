import { sql } from '#core/database/sql'
import type { Actor } from '#core/database/actor'
import { PluginError } from '../errors.js'
import { announce } from './events.js'
import type { PluginKernel } from '../plugin_kernel.js'
import type { KnownPlugin } from '../discovery/survey_plugins.js'
import { OUT_OF_QUARANTINE, updatePluginRow } from '../discovery/plugin_rows.js'
import { dropPluginSchema, pluginSchemaExists } from './plugin_schema.js'
import { requireVerb } from './require_verb.js'
import type { UsablePlugin } from '../types.js'
import { withPluginLock } from './with_plugin_lock.js'

/**
 * Uninstalls a plugin. Without `purge` its settings, secrets, storage and schema are kept for a later installation;
 * with it they are removed, and it is proved that they are.
 *
 * @throws E_PLUGIN_TRANSITION while it is enabled
 * @throws E_PLUGIN_OPEN_WORK while something that is not finished needs it
 * @throws E_PLUGIN_PURGE naming what would not go away
 */
export async function uninstallPlugin(o: {
  kernel: PluginKernel
  id: string
  purge: boolean
  by: Actor
}): Promise<void> {
  const { kernel, id, purge } = o
  await withPluginLock(
    { databaseUrl: kernel.options.databaseUrl(), id, operation: 'uninstall' },
    async () => {
      const plugin = await kernel.find(id)
      requireVerb(plugin, purge ? 'purge' : 'uninstall')
      if (!plugin.row) return
      if (await kernel.ports().hasOpenWork(id)) {
        throw new PluginError({
          code: 'E_PLUGIN_OPEN_WORK',
          pluginId: id,
          operation: 'uninstall',
          detail: 'campaigns that use it are not finished. Finish or cancel them first',
        })
      }

      await updatePluginRow(id, {
        desired: 'disabled',
        operation: 'uninstalling',
        operation_error: null,
      })
      try {
        await sayGoodbye({ kernel, plugin, purge })
        if (purge) await purgePlugin(id)
        else
          await updatePluginRow(id, {
            version: '',
            granted: {},
            operation: null,
            health: 'unknown',
            health_detail: '',
            ...OUT_OF_QUARANTINE,
          })
      } catch (error) {
        await updatePluginRow(id, { operation_error: (error as Error).message.slice(0, 2_000) })
        throw error
      }
    }
  )
  announce('plugin:uninstalled', { pluginId: id, by: o.by, purged: purge })
  await kernel.refresh()
}

/** The uninstall hook, if it can be run. A plugin cannot refuse to go; what it threw is on record */
async function sayGoodbye(o: {
  kernel: PluginKernel
  plugin: KnownPlugin
  purge: boolean
}): Promise<void> {
  const { found, row, status } = o.plugin
  const runs =
    found?.manifest &&
    found.incompatible === null &&
    row &&
    row.version === found.version &&
    status !== 'quarantined'
  if (!runs) return
  await o.kernel.calls
    .withPlugin({ found: found as UsablePlugin, row }, async (loaded) => {
      await o.kernel.calls.on(loaded, 'hooks.uninstall', { purge: o.purge })
    })
    /** The kernel has written the failure down; a plugin cannot refuse to be uninstalled */
    .catch(() => undefined)
}

async function purgePlugin(id: string): Promise<void> {
  await dropPluginSchema({ pluginId: id })
  await sql('delete from sandbox_messages where plugin_id = $1', [id])
  /** Takes secrets, storage, failures and webhook calls with it */
  await sql('delete from plugins where id = $1', [id])

  const left = await leftOvers(id)
  if (left.length > 0)
    throw new PluginError({
      code: 'E_PLUGIN_PURGE',
      pluginId: id,
      operation: 'uninstall',
      detail: `these are still there: ${left.join(', ')}`,
    })
}

/** What is left of a plugin in the database; nothing after a purge */
export async function leftOvers(id: string): Promise<readonly string[]> {
  const [row] = await sql<Record<string, boolean>>(
    `select exists (select from plugins where id = $1) as plugins,
            exists (select from plugin_secrets where plugin_id = $1) as plugin_secrets,
            exists (select from plugin_storage where plugin_id = $1) as plugin_storage,
            exists (select from plugin_failures where plugin_id = $1) as plugin_failures,
            exists (select from plugin_webhook_calls where plugin_id = $1) as plugin_webhook_calls,
            exists (select from sandbox_messages where plugin_id = $1) as sandbox_messages`,
    [id]
  )
  const tables = Object.entries(row ?? {}).flatMap(([table, there]) => (there ? [table] : []))
  return (await pluginSchemaExists({ pluginId: id })) ? [...tables, 'schema or role'] : tables
}
