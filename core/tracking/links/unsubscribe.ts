import { suppressAddress } from '#core/audience/consent/suppress_address'
import { suppressedAddresses } from '#core/audience/consent/suppressed_addresses'
import { eventBuffer } from '../intake/event_buffer.js'
import { newTrackingEvent } from '../tracking_event.js'
import { runContact } from '#core/runs/run_contact'
import { frozenRun } from '#core/runs/frozen_run'
import type { TrackedDelivery } from './token.js'

/**
 * Ends the messages of an account to one person. Asked twice it is done once; the refusal is written before we answer.
 *
 * @returns false when the delivery does not exist any more
 */
export async function unsubscribe(o: {
  delivery: TrackedDelivery
  userAgent: string | null
  ipPrefix: string | null
  now: Date
}): Promise<boolean> {
  const run = await frozenRun(o.delivery.runId)
  const contact = run ? await runContact(o.delivery) : null
  if (!run || !contact) return false

  await suppressAddress({
    accountId: run.accountId,
    address: contact.address,
    reason: 'unsubscribed',
    source: `run:${run.id}`,
  })
  eventBuffer.add(
    newTrackingEvent({
      key: `unsubscribed:${o.delivery.seq}`,
      of: { runId: run.id, seq: o.delivery.seq },
      kind: 'unsubscribed',
      userAgent: o.userAgent,
      ipPrefix: o.ipPrefix,
      at: o.now,
    })
  )
  return true
}

/** Whether the person of a delivery receives nothing of its account any more: the page keeps saying so when it is opened again */
export async function isUnsubscribed(delivery: TrackedDelivery): Promise<boolean> {
  const run = await frozenRun(delivery.runId)
  const contact = run ? await runContact(delivery) : null
  if (!run || !contact) return false
  const found = await suppressedAddresses({
    accountId: run.accountId,
    addresses: [contact.address],
  })
  return found.size > 0
}
