import { sql } from '#core/database/sql'
import type { Actor } from '#core/database/actor'
import { notGranted } from '../discovery/consent.js'
import { PluginError } from '../errors.js'
import { announce } from './events.js'
import { migratePlugin } from './migrate_plugin.js'
import type { PluginKernel } from '../plugin_kernel.js'
import { beginInstall, readPluginRow, updatePluginRow } from '../discovery/plugin_rows.js'
import { createPluginSchema, dropPluginSchema } from './plugin_schema.js'
import { requireUsable, requireVerb } from './require_verb.js'
import type { Capabilities, PluginRow, UsablePlugin } from '../types.js'
import { withPluginLock } from './with_plugin_lock.js'

/** Milliseconds for the install and upgrade hooks */
export const SETUP_MS = 60_000

/**
 * Installs a plugin: role and schema, migrations, import, the install hook. It is disabled afterwards. An installation
 * that fails leaves nothing behind; one that was cut off may simply be begun again.
 *
 * @param o.granted what the admin agreed to: the manifest's capabilities, read to them sentence by sentence; or
 * 'all' where that agreement was given otherwise (a command, the demo)
 * @throws E_PLUGIN_CONSENT when less was granted than the plugin asks for
 * @throws E_PLUGIN_MANIFEST, E_PLUGIN_INCOMPATIBLE, E_PLUGIN_TRANSITION, E_PLUGIN_IMPORT and the rest of the failures
 */
export async function installPlugin(o: {
  kernel: PluginKernel
  id: string
  granted: Capabilities | 'all'
  by: Actor
}): Promise<void> {
  const { kernel, id } = o
  await withPluginLock(
    { databaseUrl: kernel.options.databaseUrl(), id, operation: 'install' },
    async () => {
      const plugin = await kernel.find(id)
      const found = requireUsable(plugin, 'install')
      requireVerb(plugin, 'install')
      const granted = consented(found, o.granted)

      const kept = plugin.row
      const undo = new Undo({ id, kept })
      try {
        await beginInstall({ id, version: found.version, granted })
        if (found.manifest.capabilities.database) {
          if (await createPluginSchema({ pluginId: id, key: kernel.options.key }))
            undo.dropSchema = true
          await migratePlugin({
            found,
            databaseUrl: kernel.options.databaseUrl(),
            key: kernel.options.key,
          })
        }
        const row = (await readPluginRow(id)) as PluginRow
        await kernel.calls.withPlugin({ found, row }, async (loaded) => {
          await kernel.calls.on(loaded, 'hooks.install', null, { timeoutMs: SETUP_MS })
        })
        await updatePluginRow(id, { operation: null, health: 'unknown', health_detail: '' })
      } catch (error) {
        await undo.run()
        throw error
      }
    }
  )
  announce('plugin:installed', { pluginId: id, by: o.by })
  await kernel.refresh()
}

function consented(found: UsablePlugin, granted: Capabilities | 'all'): Capabilities {
  const asked = found.manifest.capabilities
  if (granted === 'all') return asked
  const missing = Object.keys(notGranted(asked, granted))
  if (missing.length === 0) return asked
  throw new PluginError({
    code: 'E_PLUGIN_CONSENT',
    pluginId: found.id,
    operation: 'install',
    detail: `it also asks for ${missing.join(', ')}. Agree to all of it, or do not install it`,
  })
}

/** Takes a failed installation back. What an earlier uninstall had kept stays kept */
class Undo {
  dropSchema = false

  constructor(private readonly o: { id: string; kept: PluginRow | null }) {}

  async run(): Promise<void> {
    const { id, kept } = this.o
    if (this.dropSchema) await dropPluginSchema({ pluginId: id })
    if (kept?.version === '')
      await updatePluginRow(id, { version: '', operation: null, granted: {} })
    else await sql('delete from plugins where id = $1', [id])
  }
}
