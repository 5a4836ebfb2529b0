import type { VineValidator } from '@vinejs/vine'
import type { Infer, SchemaTypes } from '@vinejs/vine/types'
import type { Capability } from './capabilities.js'
import type { WebhookRequest } from './channel.js'
import type { PluginContext } from './context.js'
import type { EngagementChannel } from './engagement.js'
import type { MediaChannel } from './media.js'
import type { MessagingChannel } from './messaging.js'
import type { Text } from './text.js'

/** A Vine schema: validator, types and form in one. Use `.meta({ title: { fr, en }, widget, hint })` for the form */
export type Schema = VineValidator<SchemaTypes, any>
export type Infered<S extends Schema> = Infer<S>

/** A channel with the schema of its brief */
export type Channel =
  | (MessagingChannel & { readonly brief: Schema })
  | (MediaChannel & { readonly brief: Schema })
  | (EngagementChannel & { readonly brief: Schema })

export type LifecycleHooks<Ctx> = {
  /** Once, after the plugin's migrations. Idempotent */
  install?(ctx: Ctx): Promise<void>
  /** After the new migrations, when the stored version is older */
  upgrade?(ctx: Ctx, from: string): Promise<void>
  enable?(ctx: Ctx): Promise<void>
  disable?(ctx: Ctx): Promise<void>
  /** Before the schema is dropped, when `purge` is asked for */
  uninstall?(ctx: Ctx, options: { readonly purge: boolean }): Promise<void>
  /** Proves that the settings work. Never writes to a real recipient */
  check?(ctx: Ctx): Promise<{ readonly ok: boolean; readonly detail: Text }>
}

/** What the far side received, for the Sandbox page */
export type SimulatedMessage = {
  readonly recipient: string
  readonly sender?: string
  readonly title?: string
  readonly body?: Readonly<Record<string, unknown>>
  readonly raw?: Uint8Array
}

/** A far side that speaks the real protocol on loopback. Never loaded unless SANDBOX is on */
export type Simulator = {
  readonly title: Text
  /** How the Sandbox page shows its messages */
  readonly kind: 'mailbox' | 'phone' | 'payments'
  start(options: {
    /** Port to listen on, 127.0.0.1 only; 0 for any */
    readonly port: number
    record(messages: readonly SimulatedMessage[]): void
  }): Promise<{ readonly port: number; stop(): Promise<void> }>
  /** Settings that point the plugin at this simulator */
  settings(port: number): Readonly<Record<string, unknown>>
}

/** A page in the admin as plain data; the kernel renders it */
export type PluginPage<Ctx> = {
  readonly title: Text
  render(ctx: Ctx, query: Readonly<Record<string, string>>): Promise<readonly PageBlock[]>
}
export type PageBlock =
  | { readonly type: 'text'; readonly text: Text }
  | {
      readonly type: 'facts'
      readonly items: readonly { readonly label: Text; readonly value: string }[]
    }
  | {
      readonly type: 'table'
      readonly columns: readonly Text[]
      readonly rows: readonly (readonly string[])[]
      readonly empty: Text
    }

export type PluginTask<Ctx> = (
  ctx: Ctx,
  payload: Readonly<Record<string, unknown>>
) => Promise<void>
export type PluginWebhook<Ctx> = (
  ctx: Ctx,
  request: WebhookRequest
) => Promise<{ readonly status: number; readonly body?: string }>

export type PluginDefinition = {
  readonly $$type: '@griot/Plugin'
  readonly apiVersion: number
  readonly id: string
  readonly capabilities: readonly Capability[]
  readonly settings: Schema
  readonly channels: Readonly<Record<string, Channel>>
  readonly gateways: Readonly<Record<string, unknown>>
  readonly tasks: Readonly<Record<string, PluginTask<any>>>
  readonly webhooks: Readonly<Record<string, PluginWebhook<any>>>
  readonly pages: Readonly<Record<string, PluginPage<any>>>
  readonly simulators: Readonly<Record<string, () => Promise<Simulator>>>
  readonly hooks: LifecycleHooks<any>
}

/** Tools that give a channel its types: the brief from its schema, the context from the capabilities */
export type ChannelTools<C extends Capability, Settings> = {
  messaging<B extends Schema, Session, Link = undefined>(
    channel: Omit<MessagingChannel<Infer<B>, PluginContext<C, Settings>, Session, Link>, 'kind'> & {
      readonly brief: B
    }
  ): Channel
  media<B extends Schema>(
    channel: Omit<MediaChannel<Infer<B>, PluginContext<C, Settings>>, 'kind'> & {
      readonly brief: B
    }
  ): Channel
  engagement<B extends Schema>(
    channel: Omit<EngagementChannel<Infer<B>, PluginContext<C, Settings>>, 'kind'> & {
      readonly brief: B
    }
  ): Channel
}

export type PluginInput<C extends Capability, S extends Schema> = {
  /** `^[a-z][a-z0-9_]{1,30}$`; equals the manifest's id and the folder's name */
  readonly id: string
  readonly capabilities: readonly C[]
  readonly settings: S
  readonly channels?: (tools: ChannelTools<C, Infer<S>>) => Readonly<Record<string, Channel>>
  /** Payment gateways. Their contract comes with the first gateway plugin */
  readonly gateways?: Readonly<Record<string, unknown>>
  readonly tasks?: Readonly<Record<string, PluginTask<PluginContext<C, Infer<S>>>>>
  readonly webhooks?: Readonly<Record<string, PluginWebhook<PluginContext<C, Infer<S>>>>>
  readonly pages?: Readonly<Record<string, PluginPage<PluginContext<C, Infer<S>>>>>
  /** Loaded only when the Sandbox is on */
  readonly simulators?: Readonly<Record<string, () => Promise<Simulator>>>
  readonly hooks?: LifecycleHooks<PluginContext<C, Infer<S>>>
}
