import type { DeliveryEvent } from '@griot/sdk'
import { sql } from '#core/database/sql'
import { eventBuffer } from './event_buffer.js'

/**
 * Takes the facts that a channel's webhook brought, once each. Facts about deliveries that nobody knows are dropped.
 */
export async function recordReceipts(events: readonly DeliveryEvent[]): Promise<void> {
  if (events.length === 0) return
  const keys = events.map((event) => event.providerKey)
  const rows = await sql<{ run_id: number; seq: number; provider_key: string }>(
    'select run_id, seq, provider_key from deliveries where provider_key = any($1::text[])',
    [keys]
  )
  const byKey = new Map(rows.map((row) => [row.provider_key, row]))
  for (const event of events) {
    const delivery = byKey.get(event.providerKey)
    if (!delivery) continue
    eventBuffer.add({
      runId: delivery.run_id,
      seq: delivery.seq,
      kind: event.kind,
      link: null,
      dedup: event.eventId,
      userAgent: null,
      ipPrefix: null,
      at: event.at,
    })
  }
  await eventBuffer.flush()
}
