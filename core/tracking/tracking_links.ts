import { appUrl } from '#config/app'
import { signToken } from './token.js'

export type TrackingLinks = {
  readonly pixel: string
  readonly unsubscribe: string
  readonly webView: string
  /** Address that records a click on the link with this index, then leads to it */
  link(index: number): string
}

/** The addresses of one delivery */
export function trackingLinks(o: { runId: number; seq: number }): TrackingLinks {
  return {
    pixel: `${appUrl}/o/${signToken('open', o)}.gif`,
    unsubscribe: `${appUrl}/u/${signToken('unsubscribe', o)}`,
    webView: `${appUrl}/w/${signToken('view', o)}`,
    link: (index) => `${appUrl}/c/${signToken('click', { ...o, link: index })}`,
  }
}
