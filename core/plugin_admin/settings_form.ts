import type { FormSchema } from '#core/http/forms/schema_fields'
import type { PluginFailureCode } from '#core/plugins/errors'
import { failureWeight } from '#core/plugins/failures/failure_weight'
import type { PluginKernel } from '#core/plugins/plugin_kernel'
import type { PluginOverview } from '#core/plugins/discovery/plugin_overview'
import { isFailureCode } from '#core/plugins/failures/record_failure'
import { verbsFrom } from '#core/plugins/discovery/plugin_transitions'
import type { UsablePlugin } from '#core/plugins/types'

export type SettingsForm = {
  readonly schema: FormSchema | null
  readonly values: Readonly<Record<string, unknown>>
  readonly formError: string
}

/**
 * The form of a plugin's settings, made of its schema. A plugin that cannot be imported has none, and says why.
 */
export async function settingsForm(o: {
  kernel: PluginKernel
  plugin: PluginOverview
}): Promise<SettingsForm> {
  const { found, row, status } = o.plugin
  const values = row?.settings ?? {}
  if (
    !found?.manifest ||
    !row ||
    row.version === '' ||
    !verbsFrom(status).includes('save_settings')
  )
    return { schema: null, values, formError: '' }

  /** It could not even start: trying at each look would only write the same failure down again */
  const cannotStart =
    status === 'quarantined' &&
    isFailureCode(row.quarantine_code ?? '') &&
    failureWeight(row.quarantine_code as PluginFailureCode) === 'at_once'
  if (cannotStart) return { schema: null, values, formError: '' }

  const running = o.kernel.enabledPlugins().find(({ id }) => id === o.plugin.id)
  if (running) return { schema: running.description.settings, values, formError: '' }
  try {
    return await o.kernel.calls.withPlugin(
      { found: found as UsablePlugin, row },
      async (loaded) => ({
        schema: loaded.host.description.settings,
        values,
        formError: '',
      })
    )
  } catch (error) {
    return { schema: null, values, formError: (error as Error).message }
  }
}
