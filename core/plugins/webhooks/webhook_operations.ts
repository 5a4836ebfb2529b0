import type { MessagingChannel, PluginDefinition } from '@griot/sdk'

type Receipts = NonNullable<MessagingChannel['receipts']> & { readonly channelId: string }

/** What stands behind the name of a webhook: the receipts of a channel, or a function of the plugin */
export function webhookOperations(
  definition: PluginDefinition,
  name: string
): { receipts: Receipts | null; own: PluginDefinition['webhooks'][string] | null } {
  for (const [channelId, channel] of Object.entries(definition.channels)) {
    if (channel.kind === 'messaging' && channel.receipts?.webhook === name)
      return { receipts: { ...channel.receipts, channelId }, own: null }
  }
  return { receipts: null, own: definition.webhooks[name] ?? null }
}
