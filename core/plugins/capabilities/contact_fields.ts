import type { ContactFieldsReader } from '@griot/sdk'
import { PluginError } from '../errors.js'
import type { KernelPorts } from '../runtime/kernel_options.js'

/** As many recipients as one read may name */
const MAX_DELIVERIES = 1_000

/** Granted fields of the recipients of deliveries that go through this plugin, and of nobody else */
export function contactFields(o: {
  pluginId: string
  fields: readonly string[]
  readContacts: KernelPorts['readContacts']
}): ContactFieldsReader {
  return {
    async read(deliveryIds) {
      if (deliveryIds.length > MAX_DELIVERIES) {
        throw new PluginError({
          code: 'E_PLUGIN_NOT_GRANTED',
          pluginId: o.pluginId,
          operation: 'contacts',
          detail: `at most ${MAX_DELIVERIES} recipients are read at once; ${deliveryIds.length} were asked for`,
        })
      }
      const rows = await o.readContacts({ pluginId: o.pluginId, deliveryIds, fields: o.fields })
      const allowed = (values: Readonly<Record<string, unknown>>) =>
        Object.fromEntries(Object.entries(values).filter(([field]) => o.fields.includes(field)))
      return Object.fromEntries(Object.entries(rows).map(([id, values]) => [id, allowed(values)]))
    },
  }
}
