import { appUrl } from '#config/app'
import { inThread } from '#core/content/threads/in_thread'
import type { FrozenMessage, RenderedMessage } from './render_message.js'
import { runContact } from '#core/runs/run_contact'
import { runMessage } from '#core/runs/run_message'
import type { TrackedDelivery } from './token.js'

/**
 * The message of one delivery as HTML, as it was frozen, with the links of its person and without the pixel: being
 * here is not an opening.
 *
 * @returns null when the delivery is gone or its channel has no HTML
 * @throws TemplateInvalidError when it passes a limit for this person: it was not sent to them either
 */
export async function webView(delivery: TrackedDelivery): Promise<string | null> {
  const run = await runMessage(delivery.runId)
  const contact = run ? await runContact(delivery) : null
  if (!run || !contact) return null

  const html = Object.entries(run.parts).find(
    ([, part]) => part.as === 'frozen' || part.as === 'html'
  )
  if (!html) return null
  /** With the subject, as this person read it */
  const { subject } = run.parts
  const message: FrozenMessage = {
    parts: { ...(subject ? { subject } : {}), html: html[1] },
    account: { name: run.accountName, address: run.accountAddress },
    campaign: { name: run.campaignName, subject: run.subject },
    base: appUrl,
  }
  const { content } = await inThread<RenderedMessage>({
    module: new URL('./render_message.js', import.meta.url),
    name: 'renderMessage',
    accountId: run.accountId,
    input: { runId: delivery.runId, seq: delivery.seq, contact: contact.fields, viewed: true },
    shared: { key: `view:${run.runId}`, value: message },
    turn: 'sending',
  })
  return content.html
}
