import { inThread } from '#core/content/threads/in_thread'
import { frozenMessage } from './frozen_message.js'
import type { RenderedMessage } from './render_message.js'
import { runContact } from '#core/runs/run_contact'
import { frozenRun } from '#core/runs/frozen_run'
import type { TrackedDelivery } from './token.js'

/**
 * The message of one delivery as HTML, as it was frozen, with the links of its person and without the pixel: being
 * here is not an opening.
 *
 * @returns null when the delivery is gone or its channel has no HTML
 * @throws TemplateInvalidError when it passes a limit for this person: it was not sent to them either
 */
export async function webView(delivery: TrackedDelivery): Promise<string | null> {
  const run = await frozenRun(delivery.runId)
  const contact = run ? await runContact(delivery) : null
  if (!run || !contact) return null

  const frozen = frozenMessage(run)
  const html = Object.values(frozen.parts).find(({ as }) => as === 'frozen' || as === 'html')
  if (!html) return null
  /** With the subject, as this person read it */
  const { subject } = frozen.parts
  const message = { ...frozen, parts: { ...(subject ? { subject } : {}), html } }
  const { content } = await inThread<RenderedMessage>({
    module: new URL('./render_message.js', import.meta.url),
    name: 'renderMessage',
    accountId: run.accountId,
    input: { runId: delivery.runId, seq: delivery.seq, contact: contact.fields, viewed: true },
    shared: { key: `view:${run.id}`, value: message },
    turn: 'sending',
  })
  return content.html
}
