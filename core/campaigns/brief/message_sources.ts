import type { MessagingDescription } from '#core/plugins/hosts/description'
import type { MessageToFreeze } from '#core/content/message/freeze_message'
import Template from '#core/content/models/template'
import { MessageInvalidError } from '../errors.js'

/**
 * What each part of a message is made of. The channel names its parts and the brief field each comes from; a field that names a template gives
 * its HTML or its text.
 *
 * @throws MessageInvalidError naming the field, when the account has no such template
 */
export async function messageSources(o: {
  campaign: { readonly accountId: string; readonly brief: Record<string, unknown> }
  channel: MessagingDescription
}): Promise<MessageToFreeze['parts']> {
  const parts: Record<string, MessageToFreeze['parts'][string]> = {}
  for (const [name, part] of Object.entries(o.channel.content)) {
    const value = o.campaign.brief[part.from]
    if (part.as === 'line' || !isId(value)) {
      parts[name] = { as: part.as, source: typeof value === 'string' ? value : '' }
      continue
    }
    const template = await Template.in(o.campaign.accountId).where('id', value).first()
    if (!template)
      throw new MessageInvalidError({
        from: part.from,
        translation: { key: 'campaigns.errors.not_ready_template', data: {} },
      })
    if (part.as === 'text') parts[name] = { as: 'text', source: template.text }
    else
      parts[name] =
        template.html === null
          ? { as: 'markup', source: template.text }
          : { as: 'html', source: template.html }
  }
  return parts
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)
}
