import { HIDDEN_LINK } from '../tracking_event.js'
import { signTarget, signToken } from './token.js'

export type TrackingLinks = {
  readonly pixel: string
  readonly unsubscribe: string
  readonly webView: string
  /** Where the person says whether they agree to be written to */
  readonly consent: string
  /**
   * Address that records a click on the link with this index, then leads to it.
   *
   * @param target where the link leads for this person, when it is different for each: the address then carries it, signed
   * @returns null when the target is too long to stand in an address
   */
  link(index: number): string
  link(index: number, target: string | undefined): string | null
  /** The link that every HTML message carries and nobody can see: who follows it is a machine */
  readonly hidden: string
}

/** The addresses of one delivery, beginning with where people reach this installation. Knows nothing else of it, so that a thread can make them */
export function deliveryLinks(o: { base: string; runId: number; seq: number }): TrackingLinks {
  const { base } = o
  function link(index: number): string
  function link(index: number, target: string | undefined): string | null
  function link(index: number, target?: string): string | null {
    if (target === undefined) return `${base}/c/${signToken('click', { ...o, link: index })}`
    const token = signTarget({ ...o, link: index, target })
    return token === null ? null : `${base}/c/${token}`
  }
  return {
    pixel: `${base}/o/${signToken('open', o)}.gif`,
    unsubscribe: `${base}/u/${signToken('unsubscribe', o)}`,
    webView: `${base}/w/${signToken('view', o)}`,
    consent: `${base}/y/${signToken('consent', o)}`,
    link,
    hidden: `${base}/c/${signToken('click', { ...o, link: HIDDEN_LINK })}`,
  }
}
