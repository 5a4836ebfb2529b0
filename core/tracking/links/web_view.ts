import { compileContent } from '#core/content/compile_content'
import { runContact } from '#core/runs/run_contact'
import { runMessage } from '#core/runs/run_message'
import type { TrackedDelivery } from './token.js'
import { trackingLinks } from './tracking_links.js'

/**
 * The message of one delivery as HTML, as it was frozen, with the links of its person and without the pixel: being
 * here is not an opening.
 *
 * @returns null when the delivery is gone or its channel has no HTML
 */
export async function webView(delivery: TrackedDelivery): Promise<string | null> {
  const run = await runMessage(delivery.runId)
  const contact = run ? await runContact(delivery) : null
  if (!run || !contact) return null

  const html = Object.entries(run.parts).find(
    ([, part]) => part.as === 'frozen' || part.as === 'html'
  )
  if (!html) return null
  const links = trackingLinks({ runId: delivery.runId, seq: delivery.seq })
  const rendered = compileContent({ parts: { html: html[1] } }).render({
    contact: contact.fields,
    account: { name: run.accountName, address: run.accountAddress },
    campaign: { name: run.campaignName, subject: run.subject },
    links: {
      unsubscribe: links.unsubscribe,
      web_view: links.webView,
      preferences: links.unsubscribe,
    },
    tracking: { link: links.link, pixel: null, hidden: null },
  })
  return rendered.html
}
