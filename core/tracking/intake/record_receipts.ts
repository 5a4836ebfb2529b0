import type { DeliveryEvent } from '@griot/sdk'
import { eventBuffer } from './event_buffer.js'
import { newTrackingEvent } from '../tracking_event.js'

/**
 * Takes the facts that a channel's webhook brought, once each, without waiting for Postgres. They are matched with deliveries of the
 * plugin that brought them, and with no others. Facts about deliveries that nobody
 * knows are dropped after a while: a far side may be faster than we write down what it told us.
 */
export async function recordReceipts(o: {
  pluginId: string
  events: readonly DeliveryEvent[]
}): Promise<void> {
  for (const event of o.events)
    eventBuffer.add(
      newTrackingEvent({
        /** Apart from keys of our own: nobody outside can make one of those */
        key: `receipt:${event.eventId}`,
        of: { pluginId: o.pluginId, providerKey: event.providerKey },
        kind: event.kind,
        permanent: event.permanent === true,
        at: event.at,
      })
    )
}
