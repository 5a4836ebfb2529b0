import type { DeliveryChange, LockedDelivery } from './lock_deliveries.js'
import type { CounterDeltas } from './counter_deltas.js'

/** What the events of a delivery say of it now */
export type DeliveryFacts = {
  /** First opening that is no bot's */
  readonly firstOpenedAt: Date | null
  readonly openedVerified: boolean
  /** First click of a person */
  readonly firstClickedAt: Date | null
  readonly delivered?: boolean
  readonly bounced?: boolean
}

/**
 * Compares what was known of a delivery with what is known now, and adds to the rollups what that changes: each contact is
 * counted once, whatever the order in which facts come and however often they are classified.
 *
 * @returns the row as it must be written, or null when nothing changed
 */
export function countDelivery(
  delivery: LockedDelivery,
  facts: DeliveryFacts,
  deltas: CounterDeltas
): DeliveryChange | null {
  const { runId, destination } = delivery
  const wasOpened = delivery.firstOpenedAt !== null
  const isOpened = facts.firstOpenedAt !== null
  if (wasOpened !== isOpened) deltas.contact(runId, destination, 'opened', isOpened ? 1 : -1)
  const wasUnverified = wasOpened && !delivery.openedVerified
  const isUnverified = isOpened && !facts.openedVerified
  if (wasUnverified !== isUnverified) deltas.run(runId, 'opened_unverified', isUnverified ? 1 : -1)

  const wasClicked = delivery.firstClickedAt !== null
  const isClicked = facts.firstClickedAt !== null
  if (wasClicked !== isClicked) deltas.contact(runId, destination, 'clicked', isClicked ? 1 : -1)

  const state = nextState(delivery.state, facts)
  if (state !== delivery.state) {
    if (state === 'bounced') {
      /** It was not delivered after all: what is counted must not hang on the order in which receipts came */
      if (delivery.state === 'delivered') deltas.contact(runId, destination, 'delivered', -1)
      deltas.contact(runId, destination, 'bounced', 1)
      deltas.refused(runId, 'bounced')
    } else deltas.contact(runId, destination, 'delivered', 1)
  }

  const same =
    state === delivery.state &&
    facts.openedVerified === delivery.openedVerified &&
    sameTime(facts.firstOpenedAt, delivery.firstOpenedAt) &&
    sameTime(facts.firstClickedAt, delivery.firstClickedAt)
  if (same) return null
  return {
    runId,
    seq: delivery.seq,
    state,
    firstOpenedAt: facts.firstOpenedAt,
    openedVerified: facts.openedVerified,
    firstClickedAt: facts.firstClickedAt,
  }
}

/** A receipt moves what was accepted; it never wakes what was refused */
function nextState(state: string, facts: DeliveryFacts): string {
  if (facts.bounced && (state === 'accepted' || state === 'delivered')) return 'bounced'
  if (facts.delivered && state === 'accepted') return 'delivered'
  return state
}

const sameTime = (a: Date | null, b: Date | null) => a?.getTime() === b?.getTime()

/** The earlier of two moments, of which either may be missing */
export function earlier(a: Date | null, b: Date | null): Date | null {
  if (!a || !b) return a ?? b
  return a < b ? a : b
}
