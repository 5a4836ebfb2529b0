import type { HttpContext } from '@adonisjs/core/http'
import { contactListOptions } from '#core/audience/lists/contact_list_options'
import { findQuote } from '#core/billing/make_quote'
import { templateOptions } from '#core/content/templates/template_options'
import { schemaFacts } from '#core/http/forms/schema_facts'
import { templateField } from '#core/http/forms/schema_roles'
import { walletBalance } from '#core/ledger/wallet_balance'
import { briefSchema } from '../brief/brief_schema.js'
import { campaignWarnings } from '../brief/campaign_warnings.js'
import { describeSending } from '../sending/describe_sending.js'
import { leftOut } from '../overview/left_out.js'
import type Campaign from '../models/campaign.js'
import { readSchedule } from '#core/schedules/read_schedule'
import { wizardModel } from './wizard_model.js'

/** What the last page of the wizard shows: what will be published, when, what it costs, and whether the wallet covers it */
export async function reviewModel(ctx: HttpContext, campaign: Campaign) {
  const { account } = ctx.portal
  const quote = campaign.quoteId
    ? await findQuote({ accountId: account.id, quoteId: campaign.quoteId })
    : null
  const [balance, schedule, summary, warnings] = await Promise.all([
    walletBalance({ accountId: account.id, currency: account.currency }),
    readSchedule({ campaignId: campaign.id, accountId: account.id }),
    summaryOf(ctx, campaign),
    campaignWarnings({ campaign, account }),
  ])
  const language = ctx.i18n.locale === 'en' ? 'en' : 'fr'
  return {
    ...wizardModel(ctx, campaign, 'review'),
    sending: describeSending({ campaign, schedule, i18n: ctx.i18n, now: ctx.now }),
    recurs: schedule !== null && schedule.recurrence !== 'once',
    inAll:
      quote && schedule?.count
        ? { count: schedule.count, amount: quote.maximum * BigInt(schedule.count) }
        : null,
    quote: quote && {
      ...quote,
      lines: quote.lines.map((line) => ({ ...line, because: line.because[language] })),
      assumptions: quote.assumptions.map((assumption) => assumption[language]),
    },
    excluded: quote ? leftOut(quote.excluded).excluded : [],
    expired: quote ? quote.expiresAt <= ctx.now : false,
    balance,
    missing: quote && quote.maximum > balance.available ? quote.maximum - balance.available : 0n,
    summary,
    warnings,
  }
}

/** The lists of a messaging campaign and the answers to its channel's form, each with the step on which it is changed */
async function summaryOf(ctx: HttpContext, campaign: Campaign) {
  const { schema, unavailable } = briefSchema(campaign.channel, ctx.i18n)
  const answers = schemaFacts({
    schema,
    values: campaign.brief,
    locale: ctx.i18n.locale,
    templates: await templateOptions(campaign.accountId),
    words: { yes: ctx.i18n.t('ui.yes'), no: ctx.i18n.t('ui.no') },
  }).map((fact) => ({ ...fact, step: 'message' }))
  return {
    facts: campaign.kind === 'messaging' ? [await listsFact(ctx, campaign), ...answers] : answers,
    unavailable,
    templateId: campaign.brief[templateField(schema) ?? ''] ?? null,
  }
}

async function listsFact(ctx: HttpContext, campaign: Campaign) {
  const lists = await contactListOptions(campaign.accountId)
  const names = lists.filter((list) => campaign.listIds.includes(list.id)).map((list) => list.name)
  return { label: ctx.i18n.t('campaigns.review.lists'), value: names.join(', '), step: 'audience' }
}
