import type { I18n } from '@adonisjs/i18n'
import { publishedServices } from '#core/billing/published_services'
import Template from '#core/content/models/template'
import { saveTemplate } from '#core/content/templates/save_template'
import { CONSENT_REQUEST } from '#core/content/templates/starter_templates'
import type { Actor } from '#core/database/actor'
import { prefilled, templateField } from '#core/http/forms/schema_roles'
import pluginKernel from '#core/plugins/main'
import { NoServiceError } from '../errors.js'
import { asksForAnswer } from './asks_for_answer.js'
import { createCampaign } from './create_campaign.js'
import type Campaign from '../models/campaign.js'

/**
 * Prepares a campaign that asks the contacts of a list for their consent: a draft with a message that can be sent as it is. It reaches
 * those who have not answered, each of them once, whatever the campaign.
 *
 * @throws NoServiceError when nothing that could carry it is for sale
 */
export async function askForConsent(o: {
  account: { id: string; name: string; currency: string }
  list: { id: string; name: string }
  i18n: I18n
  by: Actor
}): Promise<Campaign> {
  const { account, list, i18n, by } = o
  const service = await serviceWithTemplates({ currency: account.currency, locale: i18n.locale })
  if (!service) throw new NoServiceError('No published service sends messages from templates')
  const template = await requestTemplate({ accountId: account.id, i18n, by })
  const subject = service.channel.content.subject?.from
  return createCampaign({
    accountId: account.id,
    service: service.model,
    name: i18n.t('campaigns.consent.name', { list: list.name }).slice(0, 160),
    brief: {
      ...prefilled(service.schema, { accountName: account.name }),
      ...(subject
        ? { [subject]: i18n.t('campaigns.consent.subject', { name: account.name }) }
        : {}),
      [service.field]: template.id,
    },
    listIds: [list.id],
    asksConsent: true,
    by,
  })
}

/** The first service on the storefront whose messages are made from templates */
async function serviceWithTemplates(o: { currency: string; locale: string }) {
  for (const one of await publishedServices(o)) {
    const { channel } = pluginKernel.channel(one.channel)
    if (channel.kind !== 'messaging') continue
    const schema = channel.brief
    const field = templateField(schema)
    if (field !== null)
      return { model: await publishedServices.bySlug(one.slug), channel, schema, field }
  }
  return null
}

/** The account's newest template that asks, or one made for it */
async function requestTemplate(o: { accountId: string; i18n: I18n; by: Actor }): Promise<Template> {
  const templates = await Template.in(o.accountId)
    .whereNull('archived_at')
    .where('source', 'like', '%links.consent%')
    .orderBy('id', 'desc')
  return (
    templates.find((template) => asksForAnswer(template.source)) ??
    saveTemplate({
      accountId: o.accountId,
      name: o.i18n.t('campaigns.consent.template'),
      format: 'mjml',
      source: CONSENT_REQUEST[o.i18n.locale === 'en' ? 'en' : 'fr'],
      by: o.by,
    })
  )
}
