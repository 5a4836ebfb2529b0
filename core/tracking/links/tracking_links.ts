import { appUrl } from '#config/app'
import { HIDDEN_LINK } from '../tracking_event.js'
import { signTarget, signToken } from './token.js'

export type TrackingLinks = {
  readonly pixel: string
  readonly unsubscribe: string
  readonly webView: string
  /**
   * Address that records a click on the link with this index, then leads to it.
   *
   * @param target where a personal link leads for this person: the address then carries it, signed
   */
  link(index: number, target?: string | null): string
  /** The link that every HTML message carries and nobody can see: who follows it is a machine */
  readonly hidden: string
}

/** The addresses of one delivery */
export function trackingLinks(o: { runId: number; seq: number }): TrackingLinks {
  return {
    pixel: `${appUrl}/o/${signToken('open', o)}.gif`,
    unsubscribe: `${appUrl}/u/${signToken('unsubscribe', o)}`,
    webView: `${appUrl}/w/${signToken('view', o)}`,
    link: (index, target) =>
      `${appUrl}/c/${(target && signTarget({ ...o, link: index, target })) || signToken('click', { ...o, link: index })}`,
    hidden: `${appUrl}/c/${signToken('click', { ...o, link: HIDDEN_LINK })}`,
  }
}
