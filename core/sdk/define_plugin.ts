import type { Capability } from './capabilities.js'
import type { Channel, ChannelTools, PluginDefinition, PluginInput, Schema } from './plugin.js'
import type { Infer } from '@vinejs/vine/types'

/** Version of this contract. The manifest's `apiVersion` says which one a plugin was written for */
export const SDK_API_VERSION = 1

/**
 * Defines a plugin. Pure: a plugin file does nothing when it is imported, it only describes.
 *
 * @returns an opaque, versioned value; the kernel refuses anything else as default export
 * @example
 * export default definePlugin({
 *   id: 'pigeon',
 *   capabilities: ['http'],
 *   settings: vine.create({ loft: vine.string() }),
 *   channels: ({ messaging }) => ({ pigeon: messaging({ … }) }),
 * })
 * @since 1.0
 */
export function definePlugin<const C extends Capability, S extends Schema>(
  input: PluginInput<C, S>
): PluginDefinition {
  const tools = {
    messaging: (channel: object) => ({ ...channel, kind: 'messaging' }) as Channel,
    media: (channel: object) => ({ ...channel, kind: 'media' }) as Channel,
    engagement: (channel: object) => ({ ...channel, kind: 'engagement' }) as Channel,
  } as ChannelTools<C, Infer<S>>

  return Object.freeze({
    $$type: '@griot/Plugin',
    apiVersion: SDK_API_VERSION,
    id: input.id,
    capabilities: input.capabilities,
    settings: input.settings,
    channels: input.channels?.(tools) ?? {},
    gateways: input.gateways ?? {},
    tasks: input.tasks ?? {},
    webhooks: input.webhooks ?? {},
    pages: input.pages ?? {},
    simulators: input.simulators ?? {},
    hooks: input.hooks ?? {},
  })
}

/** Whether a value was made by `definePlugin`, of this or another version */
export function isPluginDefinition(value: unknown): value is PluginDefinition {
  return (
    typeof value === 'object' &&
    value !== null &&
    '$$type' in value &&
    value.$$type === '@griot/Plugin'
  )
}
