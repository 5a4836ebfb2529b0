import type { FormSchema } from '#core/http/schema_fields'
import type { PluginKernel } from './plugin_kernel.js'
import type { PluginOverview } from './plugin_overview.js'
import { verbsFrom } from './plugin_transitions.js'
import type { UsablePlugin } from './types.js'

export type SettingsForm = { readonly schema: FormSchema | null; readonly values: Readonly<Record<string, unknown>>; readonly formError: string }

/**
 * The form of a plugin's settings, made of its schema. A plugin that cannot be imported has none, and says why.
 */
export async function settingsForm(o: { kernel: PluginKernel; plugin: PluginOverview }): Promise<SettingsForm> {
  const { found, row, status } = o.plugin
  const values = row?.settings ?? {}
  if (!found?.manifest || !row || row.version === '' || !verbsFrom(status).includes('save_settings')) return { schema: null, values, formError: '' }

  const running = o.kernel.enabledPlugins().find(({ id }) => id === o.plugin.id)
  if (running) return { schema: toForm(running.definition.settings), values, formError: '' }
  try {
    return await o.kernel.withPlugin({ found: found as UsablePlugin, row }, async (loaded) => ({ schema: toForm(loaded.definition.settings), values, formError: '' }))
  } catch (error) {
    return { schema: null, values, formError: (error as Error).message }
  }
}

function toForm(settings: { toJSONSchema(): unknown }): FormSchema {
  return settings.toJSONSchema() as FormSchema
}
