import type { MessagingDescription } from '#core/plugins/hosts/description'
import type { ContentParts } from '#core/content/message/compile_content'
import { TemplateInvalidError } from '#core/content/errors'
import type { FrozenMessageContent } from '#core/content/message/freeze_message'
import { inThread } from '#core/content/threads/in_thread'
import { MessageInvalidError } from '../errors.js'
import { asksForAnswer } from './asks_for_answer.js'
import { messageSources } from './message_sources.js'

export type FrozenContent = { readonly parts: ContentParts; readonly links: readonly string[] }

/**
 * Copies what a campaign will say, as it is now: later changes of the template do not reach a run. It is rendered once as the run will, so
 * what was frozen can be sent; asked before a price is made, so nobody pays for what cannot.
 *
 * @throws MessageInvalidError naming the brief field, when a template is gone, is another account's, or cannot be rendered, and
 *   when a request for consent has no link for the answer
 */
export async function freezeContent(o: {
  campaign: {
    readonly accountId: string
    readonly brief: Record<string, unknown>
    readonly asksConsent: boolean
  }
  channel: MessagingDescription
}): Promise<FrozenContent> {
  const parts = await messageSources(o)
  if (o.campaign.asksConsent) refuseWithoutAnswer(parts, o.channel)
  try {
    return await inThread<FrozenMessageContent>({
      module: new URL('../../content/message/freeze_message.js', import.meta.url),
      name: 'freezeMessage',
      accountId: o.campaign.accountId,
      input: { parts },
    })
  } catch (error) {
    if (!(error instanceof TemplateInvalidError)) throw error
    const part = error.refusal.part ?? Object.keys(o.channel.content)[0]
    throw new MessageInvalidError({
      from: o.channel.content[part].from,
      translation: error.translation,
      cause: error,
    })
  }
}

/** Each body must have the link: some people read the text part */
function refuseWithoutAnswer(
  parts: Awaited<ReturnType<typeof messageSources>>,
  channel: MessagingDescription
): void {
  for (const [name, part] of Object.entries(parts))
    if (part.as !== 'line' && !asksForAnswer(part.source))
      throw new MessageInvalidError({
        from: channel.content[name].from,
        translation: {
          key: 'campaigns.errors.consent_link_missing',
          data: { liquid: '{{ links.consent }}' },
        },
      })
}
