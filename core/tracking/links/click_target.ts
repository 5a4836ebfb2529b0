import logger from '@adonisjs/core/services/logger'
import { renderLine } from '#core/content/render_line'
import { HIDDEN_LINK } from '../tracking_event.js'
import { knownRunLinks, runLinks, type RunLinks } from './run_links.js'
import { safeAddress } from './safe_address.js'
import { signToken, type TrackedDelivery } from './token.js'
import { runContact } from '#core/runs/run_contact'

export type ClickTarget = { readonly address: string; readonly measureDwell: boolean }

/** Milliseconds that a click waits for the person's fields */
const CONTACT_MS = 1_000

/**
 * Where a click leads: the link of the frozen message, with this person's fields where the client wrote them. Never
 * anything from the request. Answers at once when the run is in memory and the link is the same for everybody.
 *
 * With Postgres away, a link that has fields inside and does not carry its target is shown without them.
 *
 * @returns null when the run, the link or the person is gone
 */
export function clickTarget(
  delivery: TrackedDelivery
): ClickTarget | null | Promise<ClickTarget | null> {
  /** Only a machine follows it: it gets the message, as a page */
  if (delivery.link === HIDDEN_LINK)
    return { address: `/w/${signToken('view', delivery)}`, measureDwell: false }
  const run = knownRunLinks(delivery.runId)
  if (run && !isPersonal(run.links[delivery.link] ?? '')) return plainTarget(run, delivery)
  return findTarget(delivery)
}

/** Whether a link says something else to each person */
export const isPersonal = (link: string) => link.includes('{')

function plainTarget(run: RunLinks, delivery: TrackedDelivery): ClickTarget | null {
  const address = safeAddress(run.links[delivery.link] ?? '')
  return address === null ? null : { address, measureDwell: run.measureDwell }
}

async function findTarget(delivery: TrackedDelivery): Promise<ClickTarget | null> {
  const run = await runLinks(delivery.runId)
  const link = run?.links[delivery.link]
  if (!run || link === undefined) return null
  if (!isPersonal(link)) return plainTarget(run, delivery)

  const fields = await fieldsOf(delivery)
  if (!fields) return null
  const address = safeAddress(
    renderLine(link, {
      contact: fields,
      account: { name: run.accountName, address: run.accountAddress },
      campaign: { name: run.campaignName, subject: run.subject },
    })
  )
  return address === null ? null : { address, measureDwell: run.measureDwell }
}

/** The person's fields; none while Postgres does not answer; null when there is no such delivery */
async function fieldsOf(
  delivery: TrackedDelivery
): Promise<Readonly<Record<string, unknown>> | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('Postgres does not answer')), CONTACT_MS)
  })
  try {
    const contact = await Promise.race([runContact(delivery), late])
    return contact && contact.fields
  } catch (error) {
    logger.warn({ err: error, runId: delivery.runId }, 'a click is led on without its fields')
    return {}
  } finally {
    clearTimeout(timer)
  }
}
