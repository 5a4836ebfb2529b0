import { TemplateInvalidError } from '../errors.js'
import { rewriteHtml } from './rewrite_html.js'
import { escapeAll } from './safe_text.js'
import { protectLiquid } from '../liquid/protect_liquid.js'
import { checkedAttribute, trackedLink, TRACKING_MARKS } from './tracking_tags.js'
import { webAddress } from './web_address.js'

/** Addresses that one message counts clicks for */
const MAX_LINKS = 2_000

const OWN_LINK = /\blinks\s*(?:\.|\[\s*["'])\s*(?:unsubscribe|web_view|preferences)\b/

export type FrozenHtml = {
  readonly html: string
  /** Address of each tracked link by index, as the author wrote it; each is there once */
  readonly links: readonly string[]
}

/**
 * Prepares HTML for one run: each link that leads to the web becomes a tracked one, and the pixel and the hidden link are put at the end. One in which
 * Liquid stands is rendered where it stands, for each person, and is tracked when it then leads to the web.
 *
 * @throws TemplateInvalidError when there are too many links
 */
export async function freezeHtml(html: string): Promise<FrozenHtml> {
  const links = new Map<string, number>()
  const indexOf = (address: string): number => {
    const known = links.get(address)
    if (known !== undefined) return known
    if (links.size >= MAX_LINKS)
      throw new TemplateInvalidError({
        reason: 'too_many_links',
        line: null,
        detail: String(MAX_LINKS),
      })
    links.set(address, links.size)
    return links.size - 1
  }
  const frozen = await rewriteHtml(html, {
    link: (address, liquid) => {
      const written = address.trim()
      if (!liquid) return webAddress(written) === null ? null : trackedLink(indexOf(written))
      const { text, restore } = protectLiquid(address)
      /** Those of the message itself are seen here already, however they are spelled once they are rendered */
      const index = OWN_LINK.test(written) ? null : indexOf(written)
      return checkedAttribute('href', restore(escapeAll(text)), index)
    },
    atEnd: TRACKING_MARKS,
  })
  return { html: frozen, links: [...links.keys()] }
}
