import { compileContent } from '#core/content/message/compile_content'
import { compileTemplate } from '#core/content/templates/compile_template'
import { freezeHtml } from '#core/content/html/freeze_html'
import { webAddress } from '#core/content/html/web_address'
import { deliveryLinks } from '#core/tracking/links/delivery_links'
import { renderMessage } from '#core/tracking/links/render_message'
import { readTarget, readToken } from '#core/tracking/links/token'

export const BASE = 'https://griot.test'
const DELIVERY = { runId: 7, seq: 3 }
export const OWN = deliveryLinks({ base: BASE, ...DELIVERY })
const ACCOUNT = { name: 'Marché', address: 'Abidjan' }
const CAMPAIGN = { name: 'C', subject: 'Offres pour {{ contact.first_name }}' }

export type Message = { readonly html: string; readonly links: readonly string[] }

/** The same HTML template for one person: as sent without tracking, and as sent with it */
export async function bothWays(o: {
  source: string
  contact?: Record<string, unknown>
}): Promise<{ plain: string; tracked: Message }> {
  const { html } = await compileTemplate({ format: 'html', source: o.source })
  const subject = { as: 'line' as const, source: CAMPAIGN.subject }
  const plain = compileContent({
    parts: { subject, html: { as: 'html', source: html ?? '' } },
  }).render({
    contact: o.contact ?? {},
    account: ACCOUNT,
    campaign: CAMPAIGN,
    links: {
      unsubscribe: OWN.unsubscribe,
      web_view: OWN.webView,
      preferences: OWN.unsubscribe,
      consent: OWN.consent,
    },
    tracking: { link: () => null, pixel: null, hidden: null },
  }).html
  const frozen = await freezeHtml(html ?? '')
  const { content } = renderMessage(
    { ...DELIVERY, contact: o.contact ?? {}, viewed: true },
    {
      parts: { subject, html: { as: 'frozen', source: frozen.html } },
      account: ACCOUNT,
      campaign: CAMPAIGN,
      base: BASE,
    }
  )
  return { plain, tracked: { html: content.html, links: frozen.links } }
}

/** Addresses of all links, those in conditional comments too, in order */
export const hrefs = (html: string): string[] =>
  [...html.matchAll(/\shref="([^"]*)"/g)].map(([, address]) =>
    address
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&amp;', '&')
  )

/** Where an address leads: a tracked one as the redirect leads it on */
export function followed(address: string, links: readonly string[]): string | null {
  const prefix = `${BASE}/c/`
  if (!address.startsWith(prefix)) return webAddress(address) ?? address
  const token = address.slice(prefix.length)
  const carried = readTarget(token)
  if (carried) return carried.target
  const click = readToken('click', token)
  return click && webAddress(links[click.link] ?? '')
}
