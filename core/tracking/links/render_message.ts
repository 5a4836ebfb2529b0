import {
  compileContent,
  type CompiledContent,
  type ContentParts,
} from '#core/content/message/compile_content'
import { deliveryLinks, type TrackingLinks } from './delivery_links.js'

/** What all messages of a run have in common */
export type FrozenMessage = {
  readonly parts: ContentParts
  readonly account: { readonly name: string; readonly address: string }
  readonly campaign: { readonly name: string; readonly subject: string }
  /** Where people reach this installation: its links begin with it */
  readonly base: string
}

export type RenderedMessage = {
  readonly content: Record<string, string>
  readonly links: Pick<TrackingLinks, 'unsubscribe' | 'webView'>
}

/** What was parsed, as long as the frozen message is kept */
const compiled = new WeakMap<FrozenMessage, CompiledContent>()

/**
 * Renders a frozen message for one delivery, with the links of its person. Runs in a thread: a client wrote it.
 *
 * @param o.viewed it is looked at on the web: that is no opening, and nobody is caught who follows every link
 * @throws TemplateInvalidError when it passes a limit for this person
 */
export function renderMessage(
  o: {
    runId: number
    seq: number
    contact: Readonly<Record<string, unknown>>
    viewed: boolean
  },
  message: FrozenMessage
): RenderedMessage {
  let content = compiled.get(message)
  if (!content) compiled.set(message, (content = compileContent({ parts: message.parts })))
  const links = deliveryLinks({ base: message.base, runId: o.runId, seq: o.seq })
  const { unsubscribe, webView } = links
  return {
    content: content.render({
      contact: o.contact,
      account: message.account,
      campaign: message.campaign,
      links: { unsubscribe, web_view: webView, preferences: unsubscribe, consent: links.consent },
      tracking: {
        link: links.link,
        pixel: o.viewed ? null : links.pixel,
        hidden: o.viewed ? null : links.hidden,
      },
    }),
    links: { unsubscribe, webView },
  }
}
