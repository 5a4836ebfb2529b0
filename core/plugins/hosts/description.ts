import type {
  Capability,
  EngagementChannel,
  MediaChannel,
  MessagingChannel,
  PluginDefinition,
  Settlement,
  Text,
} from '@griot/sdk'
import type { FormSchema } from '#core/http/forms/schema_fields'
import { formSchema } from './form_schema.js'

type Common = Pick<MessagingChannel, 'title' | 'description' | 'units'> & {
  /** The form of its brief */
  readonly brief: FormSchema
  /** Whether it asks its network before it estimates */
  readonly gathers: boolean
}

export type MessagingDescription = Common &
  Pick<MessagingChannel, 'kind' | 'address' | 'content' | 'limits' | 'idempotency'> & {
    readonly settlement: Settlement
    /** Webhook that its receipts come by */
    readonly receipts: string | null
  }

/** A channel as plain data: all that the kernel knows of it without a call */
export type ChannelDescription =
  | MessagingDescription
  | (Common & Pick<MediaChannel, 'kind'>)
  | (Common & Pick<EngagementChannel, 'kind'>)

/** A plugin as plain data. Schemas are JSON Schema, made once */
export type PluginDescription = {
  readonly id: string
  readonly apiVersion: number
  readonly capabilities: readonly Capability[]
  /** The form of its settings */
  readonly settings: FormSchema
  readonly channels: Readonly<Record<string, ChannelDescription>>
  readonly gateways: readonly string[]
  readonly tasks: readonly string[]
  /** Webhooks of its own, apart from those that receipts come by */
  readonly webhooks: readonly string[]
  readonly pages: Readonly<Record<string, { readonly title: Text }>>
  readonly simulators: readonly string[]
  readonly hooks: readonly string[]
}

/**
 * Describes a plugin. What it says is copied, so that nothing of the plugin's own is held by whoever reads it.
 *
 * @throws Error when a function or a class stands where plain data belongs, or a settlement is none
 */
export function describePlugin(definition: PluginDefinition): PluginDescription {
  return structuredClone({
    id: definition.id,
    apiVersion: definition.apiVersion,
    capabilities: definition.capabilities,
    settings: formSchema(definition.settings.toJSONSchema()),
    channels: Object.fromEntries(
      Object.entries(definition.channels).map(([id, channel]) => [id, describeChannel(channel)])
    ),
    gateways: Object.keys(definition.gateways),
    tasks: Object.keys(definition.tasks),
    webhooks: Object.keys(definition.webhooks),
    pages: Object.fromEntries(
      Object.entries(definition.pages).map(([name, { title }]) => [name, { title }])
    ),
    simulators: Object.keys(definition.simulators),
    hooks: Object.keys(definition.hooks),
  })
}

function describeChannel(channel: PluginDefinition['channels'][string]): ChannelDescription {
  const common: Common = {
    title: channel.title,
    description: channel.description,
    units: channel.units,
    brief: formSchema(channel.brief.toJSONSchema()),
    gathers: channel.gather !== undefined,
  }
  if (channel.kind !== 'messaging') return { ...common, kind: channel.kind }
  return {
    ...common,
    kind: 'messaging',
    address: channel.address,
    content: channel.content,
    limits: channel.limits,
    idempotency: channel.idempotency,
    settlement: settlementOf(channel.settlement),
    receipts: channel.receipts?.webhook ?? null,
  }
}

/** Hours after the end of a run for which its money may wait to be settled */
const LONGEST_HOURS = 168

function settlementOf(given: Settlement | undefined): Settlement {
  if (given === undefined || given.on === 'acceptance') return { on: 'acceptance' }
  const { on, withinHours, unanswered } = given
  if (on !== 'final' || !['charge', 'release'].includes(unanswered))
    throw new Error(
      'settlement is { on: "acceptance" } or { on: "final", withinHours, unanswered }'
    )
  if (!Number.isInteger(withinHours) || withinHours < 1 || withinHours > LONGEST_HOURS)
    throw new Error(`settlement.withinHours is ${withinHours}. Between 1 and ${LONGEST_HOURS}`)
  return { on, withinHours, unanswered }
}
