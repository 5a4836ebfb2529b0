import { webAddress } from '#core/content/html/web_address'
import { HIDDEN_LINK } from '../tracking_event.js'
import { knownRunLinks, runLinks, type RunLinks } from './run_links.js'
import { signToken, type TrackedDelivery } from './token.js'

export type ClickTarget = { readonly address: string; readonly measureDwell: boolean }

/**
 * Where a click leads that does not carry its target: the link of the frozen message, which is the same for everybody. Never anything from the
 * request. Answers at once when the run is in memory.
 *
 * @returns null when the run or the link is gone, or the link is different for each person
 */
export function clickTarget(
  delivery: TrackedDelivery
): ClickTarget | null | Promise<ClickTarget | null> {
  /** Only a machine follows it: it gets the message, as a page */
  if (delivery.link === HIDDEN_LINK)
    return { address: `/w/${signToken('view', delivery)}`, measureDwell: false }
  const known = knownRunLinks(delivery.runId)
  return known
    ? targetOf(known, delivery)
    : runLinks(delivery.runId).then((run) => run && targetOf(run, delivery))
}

function targetOf(run: RunLinks, delivery: TrackedDelivery): ClickTarget | null {
  const link = run.links[delivery.link] ?? ''
  /** With Liquid inside it was rendered once, in its message, and stands signed in the link: never again, in another scope */
  const address = /\{\{|\{%/.test(link) ? null : webAddress(link)
  return address === null ? null : { address, measureDwell: run.measureDwell }
}
