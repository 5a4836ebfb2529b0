/** What a classifier may look at */
export type Signals = {
  readonly kind: 'opened' | 'clicked' | 'dwelled'
  readonly link: number | null
  readonly head: boolean
  readonly userAgent: string | null
  readonly ipPrefix: string | null
  /** Milliseconds since the far side took the message; 0 when the hit came before it said so, null when it never did */
  readonly sinceAcceptedMs: number | null
  readonly dwellMs: number | null
  readonly at: Date
}

/** `unverified`: a privacy proxy loads pictures whether somebody reads or not */
export type Verdict = 'person' | 'machine' | 'unverified'

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

export type Device = 'phone' | 'tablet' | 'desktop' | 'webmail' | 'other' | 'machine'

export type Judgement = {
  readonly verdict: Verdict
  /** Why, in the order in which it was found; empty for an ordinary person */
  readonly reasons: readonly Reason[]
  readonly device: Device
}

/**
 * One version of the rules. The same signals always give the same judgement.
 *
 * An opening is judged by its own signals alone; clicks of one delivery are judged together, since a burst is only seen
 * with its later hits.
 */
export type Classifier = {
  readonly version: number
  /** Milliseconds within which clicks decide about each other */
  readonly aroundMs: number
  /** Milliseconds after a click within which a visit decides about it */
  readonly visitMs: number
  /** @param hits openings, clicks and visits of one delivery, in any order; judgements come in the same order */
  judge(hits: readonly Signals[]): Judgement[]
}
