import { rewriteHtml } from './rewrite_html.js'

export type FrozenHtml = {
  readonly html: string
  /** Address of each tracked link by index, as the author wrote it */
  readonly links: readonly string[]
}

/** Out of sight, of the keyboard and of screen readers: whoever follows it reads the source. No text, so it is no text to hide */
const HIDDEN_LINK =
  '{% if tracking.hidden %}<a href="{{ tracking.hidden }}" tabindex="-1" aria-hidden="true" rel="nofollow" style="display:none"></a>{% endif %}'
const PIXEL =
  '{% if tracking.pixel %}<img src="{{ tracking.pixel }}" width="1" height="1" alt="" style="display:block;border:0">{% endif %}'

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
      return `{{ tracking.links[${links.length - 1}] }}`
    },
  })
  const added = HIDDEN_LINK + PIXEL
  const end = rewritten.search(/<\/body\s*>/i)
  return {
    html: end < 0 ? rewritten + added : rewritten.slice(0, end) + added + rewritten.slice(end),
    links,
  }
}

function isTracked(address: string): boolean {
  const plain = address.trim()
  if (/^\{\{\s*links\.[a-z_]+\s*\}\}$/.test(plain)) return false
  return /^https?:/i.test(plain) || /^\{\{/.test(plain)
}
