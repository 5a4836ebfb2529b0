import type { DeliveryEvent } from '@griot/sdk'
import { eventBuffer } from './event_buffer.js'
import { newTrackingEvent } from '../tracking_event.js'

/**
 * Takes the facts that a channel's webhook brought, once each, without waiting for Postgres. Facts about deliveries that nobody
 * knows are dropped after a while: a far side may be faster than we write down what it told us.
 */
export async function recordReceipts(events: readonly DeliveryEvent[]): Promise<void> {
  for (const event of events)
    eventBuffer.add(
      newTrackingEvent({
        key: event.eventId,
        of: { providerKey: event.providerKey },
        kind: event.kind,
        at: event.at,
      })
    )
}
