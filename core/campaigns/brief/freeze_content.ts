import type { MessagingChannel } from '@griot/sdk'
import { freezeHtml } from '#core/content/freeze_html'
import type { ContentParts } from '#core/content/compile_content'
import Template from '#core/content/models/template'
import { CampaignNotReadyError } from '../errors.js'
import type Campaign from '../models/campaign.js'

export type FrozenContent = { readonly parts: ContentParts; readonly links: readonly string[] }

/**
 * Copies what a campaign will say, as it is now: later changes of the template do not reach a run. The channel names its
 * parts and the brief field each comes from; a field that names a template gives its HTML or its text.
 *
 * @throws CampaignNotReadyError when the template is gone
 */
export async function freezeContent(o: {
  campaign: Campaign
  channel: MessagingChannel
}): Promise<FrozenContent> {
  const parts: Record<string, ContentParts[string]> = {}
  let links: readonly string[] = []

  for (const [name, part] of Object.entries(o.channel.content)) {
    const value = o.campaign.brief[part.from]
    if (part.as === 'line' || !isId(value)) {
      parts[name] = { as: part.as, source: typeof value === 'string' ? value : '' }
      continue
    }
    const template = await Template.in(o.campaign.accountId).where('id', value).first()
    if (!template) throw new CampaignNotReadyError('template')
    if (part.as === 'text') {
      parts[name] = { as: 'text', source: template.text }
    } else {
      const frozen = await freezeHtml(template.html ?? `<pre>${template.text}</pre>`)
      parts[name] = { as: 'frozen', source: frozen.html }
      links = frozen.links
    }
  }
  return { parts, links }
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f-]{36}$/.test(value)
}
