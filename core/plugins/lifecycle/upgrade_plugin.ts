import type { Actor } from '#core/database/actor'
import { notGranted } from '../discovery/consent.js'
import { PluginError } from '../errors.js'
import { announce } from './events.js'
import { SETUP_MS } from './install_plugin.js'
import { migratePlugin } from './migrate_plugin.js'
import type { PluginKernel } from '../plugin_kernel.js'
import { updatePluginRow } from '../discovery/plugin_rows.js'
import { createPluginSchema } from './plugin_schema.js'
import { requireRow, requireUsable, requireVerb } from './require_verb.js'
import type { Capabilities, UsablePlugin } from '../types.js'
import { withPluginLock } from './with_plugin_lock.js'

/**
 * Takes a plugin from the stored version to that of its files: migrations, then the upgrade hook. Its jobs wait
 * meanwhile. An upgrade that fails keeps the old version on record, so it stays held back and can be tried again.
 *
 * @param o.granted what the admin agreed to in addition: 'all', or 'before' for nothing new
 * @throws E_PLUGIN_CONSENT when it asks for more than was granted before
 */
export async function upgradePlugin(o: {
  kernel: PluginKernel
  id: string
  granted: 'all' | 'before'
  by: Actor
}): Promise<readonly string[]> {
  const { kernel, id } = o
  let from = ''
  let to = ''
  const migrations = await withPluginLock(
    { databaseUrl: kernel.options.databaseUrl(), id, operation: 'upgrade' },
    async () => {
      const plugin = await kernel.find(id)
      const found = requireUsable(plugin, 'upgrade')
      requireVerb(plugin, 'upgrade')
      const row = requireRow(plugin, 'upgrade')
      const granted = agreed({ found, before: row.granted, granted: o.granted })
      from = row.version
      to = found.version

      await updatePluginRow(id, { operation: 'upgrading', operation_error: null })
      try {
        if (found.manifest.capabilities.database)
          await createPluginSchema({ pluginId: id, key: kernel.options.key })
        const done = await migratePlugin({
          found,
          databaseUrl: kernel.options.databaseUrl(),
          key: kernel.options.key,
        })
        await kernel.calls.withPlugin({ found, row: { ...row, granted } }, async (loaded) => {
          await kernel.calls.on(loaded, 'hooks.upgrade', { from }, { timeoutMs: SETUP_MS })
        })
        await updatePluginRow(id, {
          version: to,
          granted,
          operation: null,
          health: 'unknown',
          health_detail: '',
        })
        return done
      } catch (error) {
        await updatePluginRow(id, {
          operation: null,
          operation_error: (error as Error).message.slice(0, 2_000),
        })
        throw error
      }
    }
  )
  announce('plugin:upgraded', { pluginId: id, by: o.by, from, to })
  await kernel.refresh()
  return migrations
}

function agreed(o: {
  found: UsablePlugin
  before: Capabilities
  granted: 'all' | 'before'
}): Capabilities {
  const asked = o.found.manifest.capabilities
  const more = Object.keys(notGranted(asked, o.before))
  if (o.granted === 'all' || more.length === 0) return asked
  throw new PluginError({
    code: 'E_PLUGIN_CONSENT',
    pluginId: o.found.id,
    operation: 'upgrade',
    detail: `the new version also asks for ${more.join(', ')}. An admin has to agree to it`,
  })
}
