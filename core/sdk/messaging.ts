import type { ChannelCommon, DeliveryEvent, Idempotency, WebhookRequest } from './channel.js'

/** When a message is charged */
export type Settlement =
  /** As soon as the far side has taken it */
  | { readonly on: 'acceptance' }
  /**
   * When it is known what became of it: nothing for one that failed, else what was used. What was reserved stays so until then, or
   * until the hours after the end of the run are over (168 at most); `unanswered` says what a message costs of which nobody heard
   */
  | {
      readonly on: 'final'
      readonly withinHours: number
      readonly unanswered: 'charge' | 'release'
    }

/** How a part of the message is rendered: `line` is one line, `text` plain, `html` escaped markup with tracked links */
export type ContentPart = { readonly from: string; readonly as: 'line' | 'text' | 'html' }

export type MessagingLimits = {
  /** Recipients given to one `send` */
  readonly batch: number
  /** `send` calls in flight in one worker, over all runs. batch × concurrency is what a killed worker leaves uncertain */
  readonly concurrency: number
  /** Messages a second for the whole plugin; null for no limit */
  readonly perSecond: number | null
  /** Milliseconds for one `send` */
  readonly timeoutMs: number
}

export type RunInfo<Brief> = {
  readonly id: number
  readonly campaignId: string
  readonly accountId: string
  readonly accountName: string
  readonly brief: Brief
  /** BCP 47 tag of the account */
  readonly locale: string
}

export type Recipient = {
  readonly deliveryId: string
  readonly address: string
  /** The content parts, rendered for this person by the kernel */
  readonly content: Readonly<Record<string, string>>
  readonly links: {
    /** Page and one-click address (RFC 8058) that end these messages for this person */
    readonly unsubscribe: string
    readonly webView: string
  }
  /** Same delivery, same key: pass it to a far side that refuses repetitions */
  readonly idempotencyKey: string
}

export type RejectReason =
  | 'invalid_address'
  | 'unsubscribed'
  | 'blocked_content'
  | 'blocked_sender'
  | 'not_permitted'
  | 'other'

/** What happened to one recipient */
export type Outcome =
  | {
      readonly status: 'accepted'
      /** The far side's name of the message */
      readonly providerKey?: string
      /**
       * Names of its parts, where the far side takes a long message in several and tells of each: delivered when all are, failed when
       * one is. 255 at most
       */
      readonly providerKeys?: readonly string[]
      /** Units used, when not one of the channel's only unit */
      readonly units?: Readonly<Record<string, number>>
      readonly detail?: string
    }
  | {
      readonly status: 'rejected'
      readonly reason: RejectReason
      readonly detail?: string
      /** the address is dead: suppress it */ readonly permanent?: boolean
    }
  | {
      readonly status: 'deferred'
      readonly retryAt?: Date
      readonly detail?: string
      /**
       * Whom the far side means: this recipient (unless told), everybody at the destination (it asks us to slow down), or
       * us as a sender (it cannot be reached or does not let us in). The kernel slows down or holds back accordingly
       */
      readonly scope?: 'recipient' | 'destination' | 'sender'
    }
  | { readonly status: 'unknown'; readonly detail: string }

export type MessagingChannel<Brief = any, Ctx = any, Session = any, Link = any> = ChannelCommon<
  Brief,
  Ctx
> & {
  readonly kind: 'messaging'
  /** Which contact field the address is */
  readonly address: 'email' | 'phone'
  /** Parts of the message and the brief field each comes from. A field with the widget `template` gives `html` and `text` */
  readonly content: Readonly<Record<string, ContentPart>>
  readonly limits: MessagingLimits
  readonly idempotency: Idempotency
  /** On acceptance unless told */
  readonly settlement?: Settlement
  /** Once a worker: what all runs share, for instance connections to the far side */
  connect?(ctx: Ctx): Promise<Link>
  /** Once a run and worker: what belongs to this run alone. `link` is what `connect` gave, if there is one */
  prepare(ctx: Ctx, run: RunInfo<Brief>, link: Link): Promise<Session>
  /** One outcome a recipient, same order, same length. Several batches may be in flight */
  send(ctx: Ctx, session: Session, batch: readonly Recipient[]): Promise<readonly Outcome[]>
  /** Gives back what `prepare` took */
  close?(ctx: Ctx, session: Session): Promise<void>
  /** Gives back what `connect` took, when nothing has been sent for a while */
  disconnect?(ctx: Ctx, link: Link): Promise<void>
  /**
   * Required with idempotency `lookup`: what became of a delivery whose answer was lost. `deferred`: the far side never got it, so it
   * may be sent again. `unknown`: it cannot tell yet, and is asked again later
   */
  lookup?(
    ctx: Ctx,
    delivery: { readonly deliveryId: string; readonly idempotencyKey: string }
  ): Promise<Outcome>
  /** Inbound facts. `verify` comes first, over the raw body */
  readonly receipts?: {
    readonly webhook: string
    verify(ctx: Ctx, request: WebhookRequest): Promise<boolean>
    parse(ctx: Ctx, request: WebhookRequest): Promise<readonly DeliveryEvent[]>
  }
}
