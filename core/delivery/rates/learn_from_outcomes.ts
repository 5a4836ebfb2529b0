import type { Outcome } from '@griot/sdk'
import { clearSenderFaults, countSenderFault, slowDown, speedUp } from './adapt_rate.js'
import type { HandedOver } from '../dispatch/hand_over.js'

/** Refusals of us as a sender in one window, and their share, that hold a destination back: it would refuse the rest as well */
const BLOCKED_ROWS = 5
const BLOCKED_SHARE = 0.5

/**
 * Slows down where the far side asks for it, holds a sender back that cannot send, and gives speed back where it goes well.
 *
 * @param o.watched whether any bucket of the plugin exists: without one there is nothing to give back
 */
export async function learnFromOutcomes(o: {
  pluginId: string
  rows: readonly HandedOver[]
  outcomes: readonly Outcome[]
  watched: boolean
}): Promise<void> {
  const throttled = new Map<string, { why: string; until?: Date }>()
  const blocked = new Map<string, number>()
  const fine = new Map<string, number>()
  let senderFault: string | null = null
  let answered = false

  o.rows.forEach(({ destination }, index) => {
    const outcome = o.outcomes[index]
    const scope = outcome.status === 'deferred' ? (outcome.scope ?? 'recipient') : null
    if (outcome.status === 'deferred' && scope === 'destination')
      throttled.set(destination, { why: outcome.detail ?? '', until: outcome.retryAt })
    if (outcome.status === 'deferred' && scope === 'sender') senderFault = outcome.detail ?? ''
    if (outcome.status === 'rejected' && outcome.reason === 'blocked_sender')
      blocked.set(destination, (blocked.get(destination) ?? 0) + 1)
    if (outcome.status === 'accepted' || outcome.status === 'rejected') answered = true
    fine.set(destination, (fine.get(destination) ?? 0) + 1)
  })
  for (const [destination, n] of blocked)
    if (n >= BLOCKED_ROWS && n >= BLOCKED_SHARE * (fine.get(destination) ?? 0))
      throttled.set(destination, { why: 'blocked_sender' })

  for (const [destination, { why, until }] of throttled)
    await slowDown({ pluginId: o.pluginId, destination, why, until })
  if (senderFault !== null && !answered)
    await countSenderFault({ pluginId: o.pluginId, why: senderFault })
  if (!o.watched) return
  if (answered) await clearSenderFaults({ pluginId: o.pluginId })
  const well = [...fine.keys()].filter((destination) => !throttled.has(destination))
  if (answered && well.length > 0) await speedUp({ pluginId: o.pluginId, destinations: well })
}
