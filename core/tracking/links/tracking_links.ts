import { appUrl } from '#config/app'
import { deliveryLinks, type TrackingLinks } from './delivery_links.js'

/** The addresses of one delivery, on this installation */
export function trackingLinks(o: { runId: number; seq: number }): TrackingLinks {
  return deliveryLinks({ ...o, base: appUrl })
}
