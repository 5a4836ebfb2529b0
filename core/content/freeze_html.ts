import { rewriteHtml } from './rewrite_html.js'
import { trackedLink, TRACKING_MARKS } from './tracking_tags.js'

export type FrozenHtml = {
  readonly html: string
  /** Address of each tracked link by index, as the author wrote it */
  readonly links: readonly string[]
}

/**
 * Prepares HTML for one run: each web link becomes a tracked one by its index, and the pixel and the hidden link are put at the end. Links of
 * the message itself (unsubscribe, web view), mail and telephone links stay as they are.
 */
export async function freezeHtml(html: string): Promise<FrozenHtml> {
  const links: string[] = []
  const rewritten = await rewriteHtml(html, {
    link: (address) => {
      if (!isTracked(address)) return null
      links.push(address.trim())
      return trackedLink(links.length - 1)
    },
  })
  const end = rewritten.search(/<\/body\s*>/i)
  return {
    html:
      end < 0
        ? rewritten + TRACKING_MARKS
        : rewritten.slice(0, end) + TRACKING_MARKS + rewritten.slice(end),
    links,
  }
}

function isTracked(address: string): boolean {
  const plain = address.trim()
  if (/^\{\{\s*links\.[a-z_]+\s*\}\}$/.test(plain)) return false
  return /^https?:/i.test(plain) || /^\{\{/.test(plain)
}
