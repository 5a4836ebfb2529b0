import type { Text } from './text.js'

/** What can be priced. The key is `channel.thing`, for instance `sms.segment` */
export type UnitsList = Readonly<Record<string, { readonly title: Text }>>

/** Facts about an audience, grouped: an estimator never sees rows */
export type AudienceFacts = {
  /** People who would be reached: exclusions are already taken off */
  readonly total: number
  readonly groups: readonly {
    /** ISO 3166 alpha-2, '' when unknown */
    readonly country: string
    /** Country calling code and operator digits for phones, '' for other addresses */
    readonly prefix: string
    readonly count: number
  }[]
}

export type Quantity = {
  readonly unit: string
  /** Destination prefix that a rate may depend on; '' when it does not */
  readonly prefix?: string
  readonly minimum: number
  readonly expected: number
  readonly maximum: number
  /** Why this many, for the line of the quote */
  readonly because: Text
}
export type Estimate = {
  readonly quantities: readonly Quantity[]
  readonly assumptions?: readonly Text[]
}

/** `provider_key`: the far side refuses a repeated key. `lookup`: it can be asked. `none`: only a person can tell */
export type Idempotency = 'provider_key' | 'lookup' | 'none'

export type WebhookRequest = {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  /** The bytes as they came: signatures are computed over these */
  readonly rawBody: Uint8Array
}

/** A fact that came after the outcome */
export type DeliveryEvent = {
  /** The key that `send` returned */
  readonly providerKey: string
  readonly kind:
    'delivered' | 'bounced' | 'opened' | 'clicked' | 'replied' | 'complained' | 'unsubscribed'
  readonly at: Date
  /** Providers repeat themselves: the same id is the same fact */
  readonly eventId: string
  /** For `bounced`: the address is dead, not only this message undelivered. It is not written to again */
  readonly permanent?: boolean
  readonly detail?: string
}

/** Shared by the three kinds of channel */
export type ChannelCommon<Brief, Ctx> = {
  readonly title: Text
  readonly description: Text
  readonly units: UnitsList
  /**
   * How much of each unit the brief will take. Pure: same input, same answer; monotone in the audience; no
   * network; under a second for a million recipients. Its context has settings and the log, and no capability:
   * asking for one is E_PLUGIN_NOT_GRANTED.
   */
  estimator(
    ctx: Ctx,
    request: {
      readonly brief: Brief
      readonly audience: AudienceFacts
      readonly gathered?: unknown
    }
  ): Estimate
  /**
   * For a channel that must ask its network first, a keyword forecast for instance. Timed, cached, allowed to
   * fail: its facts are then given to the estimator.
   */
  gather?(ctx: Ctx, request: { readonly brief: Brief }): Promise<unknown>
}
