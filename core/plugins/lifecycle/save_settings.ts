import { inTransaction } from '#core/database/in_transaction'
import type { Actor } from '#core/database/actor'
import { writeSecret } from '../capabilities/secrets.js'
import { PluginError, ValuesRefusedError } from '../errors.js'
import { announce } from './events.js'
import type { PluginKernel } from '../plugin_kernel.js'
import { updatePluginRow } from '../discovery/plugin_rows.js'
import { requireRow, requireUsable, requireVerb } from './require_verb.js'
import { withPluginLock } from './with_plugin_lock.js'

export type SettingsOutcome =
  | { readonly saved: true }
  /** The plugin's own check said no; the old values stay live. `detail` is what it said: JSON of a Text, or a message */
  | { readonly saved: false; readonly detail: string }

/**
 * Saves settings and secrets of a plugin: the schema's validation, then the plugin's check with the new values, then
 * all of it at once. What the check refuses is not saved, so a typing error never stops a channel that works.
 *
 * @param o.settings as they came from the form or the API
 * @param o.secrets only those that change; names of the manifest
 * @param o.despite saves although the check says no: the far side is known to be down
 * @throws ValuesRefusedError when the plugin's schema refuses them, with the fields
 */
export async function saveSettings(o: {
  kernel: PluginKernel
  id: string
  settings: Readonly<Record<string, unknown>>
  secrets?: Readonly<Record<string, string>>
  source?: 'sandbox' | 'admin'
  despite?: boolean
  by: Actor
}): Promise<SettingsOutcome> {
  const { kernel, id, secrets = {} } = o
  const outcome = await withPluginLock(
    { databaseUrl: kernel.options.databaseUrl(), id, operation: 'save_settings' },
    async (): Promise<SettingsOutcome> => {
      const plugin = await kernel.find(id)
      requireVerb(plugin, 'save_settings')
      const found = requireUsable(plugin, 'save_settings')
      const row = requireRow(plugin, 'save_settings')
      const unknown = Object.keys(secrets).find((name) => !row.granted.secrets?.includes(name))
      if (unknown)
        throw new PluginError({
          code: 'E_PLUGIN_SETTINGS',
          pluginId: id,
          operation: 'save_settings',
          detail: `it has no secret "${unknown}"`,
        })

      return kernel.calls.withPlugin(
        { found, row, settings: o.settings, candidates: secrets },
        async (loaded) => {
          const answer = await kernel.calls.on(loaded, 'settings.validate', { values: o.settings })
          if (!answer.valid) throw new ValuesRefusedError('settings', answer.problems)
          const health = await kernel.calls.examine(loaded)
          if (!health.ok && !o.despite) return { saved: false, detail: health.detail }

          await inTransaction(async (trx) => {
            for (const [name, value] of Object.entries(secrets))
              await writeSecret({
                pluginId: id,
                name,
                value,
                encryption: kernel.options.encryption,
                client: trx,
              })
            await updatePluginRow(
              id,
              {
                settings: answer.values,
                settings_source: o.source ?? 'admin',
                health: health.ok ? 'ok' : 'degraded',
                health_detail: health.detail,
              },
              trx
            )
          })
          return { saved: true }
        }
      )
    }
  )
  if (outcome.saved) {
    announce('plugin:settings_saved', { pluginId: id, by: o.by })
    await kernel.refresh()
  }
  return outcome
}
