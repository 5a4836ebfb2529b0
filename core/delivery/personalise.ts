import type { Recipient } from '@griot/sdk'
import { compileContent } from '#core/content/compile_content'
import { trackingLinks } from '#core/tracking/tracking_links'
import type { HandedOver } from './hand_over.js'
import type { Run } from './run_snapshot.js'

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

  return (row) => {
    const links = trackingLinks({ runId: run.id, seq: row.seq })
    const rendered = content.render({
      contact: row.contact,
      account,
      campaign,
      links: {
        unsubscribe: links.unsubscribe,
        web_view: links.webView,
        preferences: links.unsubscribe,
      },
      tracking: { link: links.link, pixel: links.pixel },
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
