import type pg from 'pg'
import type { ReceiptKind } from '@griot/sdk'
import type { PlacedReceipt } from '#core/facts/received_fact'
import type { ReceiptFate } from '#core/facts/takers'
import { recordParts, type PartReceipt } from '#core/runs/deliveries/record_parts'
import type { EventKind } from '#core/runs/delivery_event'
import { newTrackingEvent } from '../tracking_event.js'
import { recordEventsIn } from './record_events.js'

/**
 * Writes receipts down as events of their deliveries, once each, with the states, counters and suppressions that follow. Of a delivery
 * in parts the receipt that decides is an event: the first part that failed, or the last one that was delivered.
 *
 * @returns what became of each
 */
export async function recordReceipts(
  client: pg.PoolClient,
  receipts: readonly PlacedReceipt[]
): Promise<ReceiptFate[]> {
  const fates: ReceiptFate[] = receipts.map(() => 'known')
  const deciding = await withoutOpenParts(client, receipts, fates)
  const events = deciding.map(({ receipt: { runId, seq, fact } }) =>
    newTrackingEvent({
      /** Apart from keys of our own: nobody outside can make one of those */
      key: `receipt:${fact.endpoint === undefined ? '' : `${fact.endpoint} `}${fact.id}`,
      of: { runId, seq },
      kind: eventKind(fact.is),
      permanent: fact.permanent === true,
      at: fact.at,
    })
  )
  const kept = new Set(
    (await recordEventsIn(client, events)).map((event) => `${event.runId} ${event.key}`)
  )
  for (const [n, { index }] of deciding.entries())
    if (kept.delete(`${events[n].of.runId} ${events[n].key}`)) fates[index] = 'new'
  return fates
}

type Deciding = { readonly receipt: PlacedReceipt; readonly index: number }

/** Writes what became of parts, and leaves out those that decide nothing yet */
async function withoutOpenParts(
  client: pg.PoolClient,
  receipts: readonly PlacedReceipt[],
  fates: ReceiptFate[]
): Promise<Deciding[]> {
  const parts = receipts.flatMap((receipt, index) => {
    const part = partOf(receipt)
    return part === null ? [] : [{ part, index }]
  })
  if (parts.length === 0) return receipts.map((receipt, index) => ({ receipt, index }))
  const verdicts = await recordParts(
    client,
    parts.map(({ part }) => part)
  )
  const passed = new Set<number>()
  for (const [n, { index }] of parts.entries()) {
    if (verdicts[n] === 'open') fates[index] = 'part'
    if (verdicts[n] === 'repeated' || verdicts[n] === 'open') passed.add(index)
  }
  return receipts.flatMap((receipt, index) => (passed.has(index) ? [] : [{ receipt, index }]))
}

function partOf({ runId, seq, part, fact }: PlacedReceipt): PartReceipt | null {
  if (part === null || (fact.is !== 'delivered' && fact.is !== 'failed')) return null
  return { runId, seq, part, is: fact.is }
}

function eventKind(is: ReceiptKind): EventKind {
  return is === 'failed' ? 'bounced' : is
}
