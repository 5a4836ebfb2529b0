import type { Device, Verdict } from '#core/runs/delivery_event'

/** What a classifier may look at */
export type Signals = {
  readonly kind: 'opened' | 'clicked' | 'dwelled'
  readonly link: number | null
  readonly head: boolean
  readonly userAgent: string | null
  readonly ipPrefix: string | null
  /** Milliseconds since the far side took the message; 0 when the tracking event came before it said so, null when it never did */
  readonly sinceAcceptedMs: number | null
  readonly dwellMs: number | null
  readonly at: Date
}

export type Reason =
  | 'head'
  | 'user_agent'
  | 'no_user_agent'
  | 'privacy_proxy'
  | 'datacentre'
  | 'early'
  | 'hidden_link'
  | 'burst'
  | 'dwelled'

export type Classification = {
  readonly verdict: Verdict
  /** Why, in the order in which it was found; empty for an ordinary person */
  readonly reasons: readonly Reason[]
  readonly device: Device
}

/**
 * One version of the rules. The same signals always give the same classification.
 *
 * An opening is classified by its own signals alone; clicks of one delivery are classified together, since a burst is only seen
 * with its later tracking events.
 */
export type Classifier = {
  readonly version: number
  /** Milliseconds within which clicks decide about each other */
  readonly aroundMs: number
  /** Milliseconds after a click within which a visit decides about it */
  readonly visitMs: number
  /** @param tracking events openings, clicks and visits of one delivery, in any order; classifications come in the same order */
  classify(trackingEvents: readonly Signals[]): Classification[]
}
