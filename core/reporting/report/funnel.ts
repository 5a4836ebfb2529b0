import type { LiveFigures } from '#core/campaigns/overview/live_figures'
import { honestShare } from './honest_share.js'

export type FunnelStep = {
  readonly key:
    | 'audience'
    | 'reachable'
    | 'unsent'
    | 'accepted'
    | 'delivered'
    | 'bounced'
    | 'clicked'
    | 'replied'
    | 'complained'
    | 'unsubscribed'
  readonly count: number
  /** Of the step it comes from */
  readonly share: number | null
}

/** From the contacts of the lists to those who clicked. Steps that a channel does not tell of are left out */
export function funnel(figures: LiveFigures): FunnelStep[] {
  const reachable = figures.audience - figures.excluded
  const step = (key: FunnelStep['key'], count: number, of: number): FunnelStep => ({
    key,
    count,
    share: honestShare(count, of),
  })
  return [
    step('audience', figures.audience, figures.audience),
    step('reachable', reachable, figures.audience),
    ...(figures.unsent > 0 ? [step('unsent', figures.unsent, reachable)] : []),
    step('accepted', figures.accepted, reachable),
    ...(figures.delivered > 0 ? [step('delivered', figures.delivered, figures.accepted)] : []),
    ...(figures.bounced > 0 ? [step('bounced', figures.bounced, figures.accepted)] : []),
    step('clicked', figures.clicked, figures.accepted),
    ...(figures.replied > 0 ? [step('replied', figures.replied, figures.accepted)] : []),
    ...(figures.complained > 0 ? [step('complained', figures.complained, figures.accepted)] : []),
    step('unsubscribed', figures.unsubscribed, figures.accepted),
  ]
}
