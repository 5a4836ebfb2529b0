/** What can happen to a delivery after it was sent */
export type EventKind =
  | 'opened'
  | 'clicked'
  | 'dwelled'
  | 'unsubscribed'
  | 'delivered'
  | 'bounced'
  | 'complained'
  | 'replied'
  | 'read'
  | 'answered'
  | 'ended'

/** Whose doing an opening or a click was. `unverified`: a privacy proxy loads pictures whether somebody reads or not */
export type Verdict = 'person' | 'bot' | 'unverified'

export type Device = 'phone' | 'tablet' | 'desktop' | 'webmail' | 'other' | 'bot'
