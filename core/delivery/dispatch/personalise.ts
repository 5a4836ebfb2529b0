import type { Recipient } from '@griot/sdk'
import { compileContent } from '#core/content/compile_content'
import { personalTarget } from '#core/tracking/links/personal_target'
import { trackingLinks } from '#core/tracking/links/tracking_links'
import type { HandedOver } from './hand_over.js'
import type { Run } from '#core/runs/run'

export type Personalise = (row: HandedOver) => Recipient

/**
 * Makes the function that turns a delivery into what its person receives: the frozen content rendered with the
 * contact's fields, with links and pixel of this delivery alone.
 */
export function personaliser(run: Run): Personalise {
  const content = compileContent({ parts: run.snapshot.content?.parts ?? {} })
  const campaign = {
    name: run.campaignName,
    subject: String(run.snapshot.brief.subject ?? run.campaignName),
  }
  const account = { name: run.accountName, address: run.accountAddress }
  const written = run.snapshot.content?.links ?? []

  return (row) => {
    const links = trackingLinks({ runId: run.id, seq: row.seq })
    const scope = { contact: row.contact, account, campaign }
    const rendered = content.render({
      ...scope,
      links: {
        unsubscribe: links.unsubscribe,
        web_view: links.webView,
        preferences: links.unsubscribe,
      },
      tracking: {
        link: (index) => links.link(index, personalTarget({ link: written[index], scope })),
        pixel: links.pixel,
        hidden: links.hidden,
      },
    })
    return {
      deliveryId: `${run.id}.${row.seq}`,
      address: row.address,
      content: rendered,
      links: { unsubscribe: links.unsubscribe, webView: links.webView },
      idempotencyKey: `${run.id}.${row.seq}`,
    }
  }
}
