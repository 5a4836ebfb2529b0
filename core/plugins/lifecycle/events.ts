import emitter from '@adonisjs/core/services/emitter'
import logger from '@adonisjs/core/services/logger'
import type { Actor } from '#core/database/actor'

type PluginEvent = { readonly pluginId: string; readonly by: Actor }

declare module '@adonisjs/core/types' {
  interface EventsList {
    'plugin:installed': PluginEvent
    'plugin:enabled': PluginEvent
    'plugin:disabled': PluginEvent
    'plugin:upgraded': PluginEvent & { readonly from: string; readonly to: string }
    'plugin:uninstalled': PluginEvent & { readonly purged: boolean }
    'plugin:settings_saved': PluginEvent
    /** Once, in the process in which the last failure happened */
    'plugin:quarantined': {
      readonly pluginId: string
      readonly code: string
      readonly reason: string
    }
  }
}

type Events = import('@adonisjs/core/types').EventsList
type PluginEvents = Extract<keyof Events, `plugin:${string}`>

/** Tells who listens; a listener that fails does not fail the verb */
export function announce<Name extends PluginEvents>(name: Name, event: Events[Name]): void {
  emitter
    .emit(name, event as never)
    .catch((error: unknown) => logger.error({ err: error, event: name }, 'a listener failed'))
}
