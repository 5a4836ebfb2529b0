import type pg from 'pg'
import type { ReceiptKind } from '@griot/sdk'
import type { PlacedReceipt } from '#core/facts/received_fact'
import type { EventKind } from '#core/runs/delivery_event'
import { newTrackingEvent } from '../tracking_event.js'
import { recordEventsIn } from './record_events.js'

/**
 * Writes receipts down as events of their deliveries, once each, with the states, counters and suppressions that follow.
 *
 * @returns for each whether it was new
 */
export async function recordReceipts(
  client: pg.PoolClient,
  receipts: readonly PlacedReceipt[]
): Promise<boolean[]> {
  const events = receipts.map(({ runId, seq, fact }) =>
    newTrackingEvent({
      /** Apart from keys of our own: nobody outside can make one of those */
      key: `receipt:${fact.endpoint === undefined ? '' : `${fact.endpoint} `}${fact.id}`,
      of: { runId, seq },
      kind: eventKind(fact.is),
      permanent: fact.permanent === true,
      at: fact.at,
    })
  )
  const fresh = new Set(
    (await recordEventsIn(client, events)).map((event) => `${event.runId} ${event.key}`)
  )
  return events.map(({ of, key }) => fresh.delete(`${of.runId} ${key}`))
}

function eventKind(is: ReceiptKind): EventKind {
  return is === 'failed' ? 'bounced' : is
}
