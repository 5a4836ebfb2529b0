import type { PluginContext, PluginLogger } from '@griot/sdk'
import { PluginError } from '../errors.js'
import { CAPABILITIES } from '../types.js'
import type { Inhabitant } from './plugin_host.js'

/** Keys of the context that pure functions do not have, and others only with the capability. `pages` adds none */
const KEYS: readonly string[] = [
  ...CAPABILITIES.filter((capability) => capability !== 'pages'),
  'facts',
]

/**
 * Builds what a function of a plugin receives first. It holds what was granted and nothing else; reading something
 * that was not granted is an error with a code of its own, instead of a puzzling "undefined is not a function".
 *
 * @param o.pure gives no capability at all: estimators and plans may not reach out
 */
export function buildContext(o: {
  plugin: Inhabitant
  logger: PluginLogger
  clock: { now(): Date }
  signal: AbortSignal
  operation: string
  pure?: boolean
}): PluginContext {
  const { plugin } = o
  const held = Object.freeze({
    plugin: Object.freeze({ id: plugin.id, version: plugin.version }),
    settings: plugin.settings,
    logger: o.logger,
    clock: o.clock,
    signal: o.signal,
    ...(o.pure ? {} : plugin.services),
  })

  return new Proxy(held, {
    get(target, key, receiver) {
      if (typeof key === 'string' && !(key in target) && KEYS.includes(key)) {
        throw new PluginError({
          code: 'E_PLUGIN_NOT_GRANTED',
          pluginId: plugin.id,
          operation: o.operation,
          detail: o.pure
            ? `ctx.${key} was used in a function that must be pure`
            : `ctx.${key} was used without the capability. Ask for it in griot.capabilities and in definePlugin`,
        })
      }
      return Reflect.get(target, key, receiver) as unknown
    },
  }) as unknown as PluginContext
}
