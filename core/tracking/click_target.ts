import { renderLine } from '#core/content/render_line'
import { trackedContact } from './tracked_contact.js'
import { trackedRun } from './tracked_run.js'
import type { TrackedDelivery } from './token.js'

/**
 * Where a click leads: the link of the frozen message, with this person's fields where the client wrote them. Never
 * anything from the request.
 *
 * @returns an http or https address, or null when the run, the link or the person is gone
 */
export async function clickTarget(delivery: TrackedDelivery): Promise<string | null> {
  const run = await trackedRun(delivery.runId)
  const template = run?.links.get(delivery.link)
  if (!run || template === undefined) return null
  if (!template.includes('{')) return safeAddress(template)

  const contact = await trackedContact(delivery)
  if (!contact) return null
  return safeAddress(
    renderLine(template, {
      contact: contact.fields,
      account: { name: run.accountName, address: run.accountAddress },
      campaign: { name: run.campaignName, subject: run.subject },
    })
  )
}

/** Mail and telephone links are not tracked, so only the web remains */
function safeAddress(address: string): string | null {
  try {
    const url = new URL(address.trim())
    return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null
  } catch {
    return null
  }
}
