import type { WebhookAddresses } from '@griot/sdk'
import { PluginError } from '../errors.js'

/** Public addresses of the webhooks that the manifest names */
export function webhookAddresses(o: {
  pluginId: string
  names: readonly string[]
  appUrl: string
}): WebhookAddresses {
  return {
    urlFor(name) {
      if (!o.names.includes(name)) {
        throw new PluginError({
          code: 'E_PLUGIN_NOT_GRANTED',
          pluginId: o.pluginId,
          operation: 'webhooks',
          detail: `the webhook "${name}" is not in the manifest's capabilities.webhooks (${o.names.join(', ')})`,
        })
      }
      return `${o.appUrl.replace(/\/$/, '')}/hooks/${o.pluginId}/${name}`
    },
  }
}
