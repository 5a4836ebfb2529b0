import { plainQuery, wordOf } from '#core/http/forms/plain_query'
import { actorOf } from '#core/access/actor_of'
import { authorize } from '#core/access/authorize'
import type { HttpContext } from '@adonisjs/core/http'
import { contactListOptions } from '#core/audience/lists/contact_list_options'
import { closedServices } from '#core/billing/closed_services'
import { publishedServices } from '#core/billing/published_services'
import { templateOptions } from '#core/content/templates/template_options'
import { renderPage } from '#core/http/pages/render_page'
import { parseMoney } from '#core/http/forms/parse_money'
import { readSchemaForm } from '#core/http/forms/read_schema_form'
import { sayProblems } from '#core/http/forms/say_problems'
import { prefilled, templateField } from '#core/http/forms/schema_roles'
import pluginKernel from '#core/plugins/main'
import { briefSchema } from '../brief/brief_schema.js'
import {
  CAMPAIGN_VIEWS,
  campaignCounts,
  campaignList,
  type CampaignView,
} from '../overview/campaign_list.js'
import { answersTo } from '../overview/answers_to.js'
import { campaignStory } from '../overview/campaign_story.js'
import { campaignWarnings } from '../brief/campaign_warnings.js'
import { cancelCampaign } from '../lifecycle/cancel_campaign.js'
import { createCampaign } from '../brief/create_campaign.js'
import { duplicateCampaign } from '../brief/duplicate_campaign.js'
import { editCampaign } from '../brief/edit_campaign.js'
import { freezeContent } from '../brief/freeze_content.js'
import { findCampaign } from '../find_campaign.js'
import { elapsedSeconds } from '../overview/elapsed_seconds.js'
import { describeReasons } from '../overview/left_out.js'
import { liveFigures, type LiveFigures } from '../overview/live_figures.js'
import { pauseCampaign } from '../lifecycle/pause_campaign.js'
import { occurrenceList } from '../occurrences/occurrence_list.js'
import { publishCampaign } from '../lifecycle/publish_campaign.js'
import { readSchedule } from '#core/schedules/read_schedule'
import { quoteCampaign } from '../brief/quote_campaign.js'
import { resumeCampaign } from '../lifecycle/resume_campaign.js'
import { CAMPAIGN_TRANSITIONS, type CampaignState } from '../lifecycle/states.js'
import { describeSending } from '../sending/describe_sending.js'
import { tellHappening, describeStory } from '../overview/describe_story.js'
import { waitingSentence } from '../overview/waiting_sentence.js'
import { reviewModel } from './review_model.js'
import { plainCampaign, wizardModel } from './wizard_model.js'
import {
  audienceForm,
  controlForm,
  launchForm,
  newCampaignForm,
} from '../validators/campaign_forms.js'

const path = (id: string, step = '') => `/portal/campaigns/${id}${step ? `/${step}` : ''}`
/** Campaigns in the portal: the list, the wizard, the live page and its controls */
export default class PortalCampaignsController {
  async index(ctx: HttpContext) {
    const { view: asked, q, cursor } = plainQuery(ctx)
    const view = wordOf(asked, ['all', ...(Object.keys(CAMPAIGN_VIEWS) as CampaignView[])])
    const accountId = ctx.portal.account.id
    const [page, counts] = await Promise.all([
      campaignList({ accountId, view, search: q?.trim() || null, cursor: cursor ?? null }),
      campaignCounts(accountId),
    ])
    return renderPage(ctx, 'portal/campaigns/index', { ...page, counts, view, search: q ?? '' })
  }

  async new(ctx: HttpContext) {
    await authorize(ctx, 'campaigns.edit')
    const { locale } = ctx.i18n
    const [services, closed] = await Promise.all([
      publishedServices({ locale, currency: ctx.portal.account.currency }),
      closedServices({ locale }),
    ])
    return renderPage(ctx, 'portal/campaigns/new', { services, closed })
  }

  async store(ctx: HttpContext) {
    await authorize(ctx, 'campaigns.edit')
    const form = await ctx.request.validateUsing(newCampaignForm)
    const service = await publishedServices.bySlug(form.service)
    const campaign = await createCampaign({
      accountId: ctx.portal.account.id,
      service,
      name: form.name,
      by: actorOf(ctx),
    })
    return ctx.response.redirect(
      path(campaign.id, campaign.kind === 'messaging' ? 'audience' : 'message')
    )
  }

  async audience(ctx: HttpContext) {
    const campaign = await this.#campaign(ctx)
    return renderPage(ctx, 'portal/campaigns/audience', {
      ...wizardModel(ctx, campaign, 'audience'),
      lists: await contactListOptions(campaign.accountId),
      chosen: campaign.listIds,
    })
  }

  async saveAudience(ctx: HttpContext) {
    await authorize(ctx, 'campaigns.edit')
    const campaign = await this.#campaign(ctx)
    const { lists } = await ctx.request.validateUsing(audienceForm)
    await editCampaign({ campaign, listIds: lists, by: actorOf(ctx) })
    return ctx.response.redirect(path(campaign.id, 'message'))
  }

  async message(ctx: HttpContext) {
    const campaign = await this.#campaign(ctx)
    const { schema, unavailable } = briefSchema(campaign.channel, ctx.i18n)
    return renderPage(ctx, 'portal/campaigns/message', {
      ...wizardModel(ctx, campaign, 'message'),
      schema,
      unavailable,
      values: { ...prefilled(schema, { accountName: ctx.portal.account.name }), ...campaign.brief },
      templates: await templateOptions(campaign.accountId),
      needsTemplate: templateField(schema) !== null,
      warnings: await campaignWarnings({ campaign, account: ctx.portal.account }),
    })
  }

  async saveMessage(ctx: HttpContext) {
    await authorize(ctx, 'campaigns.edit')
    const campaign = await this.#campaign(ctx)
    const { channel, pluginId } = pluginKernel.channel(campaign.channel)
    const values = readSchemaForm(channel.brief, ctx.request.input('brief', {}), {
      current: campaign.brief,
    })
    const answer = await pluginKernel.calls.call(
      pluginId,
      `channels.${campaign.channel}.brief.validate`,
      { values }
    )
    if (!answer.valid)
      throw sayProblems({ ...answer, schema: channel.brief, form: 'brief', i18n: ctx.i18n })
    const brief = { ...answer.values }
    if (channel.kind === 'messaging')
      await freezeContent({
        campaign: { accountId: campaign.accountId, brief, asksConsent: campaign.asksConsent },
        channel,
      })
    await editCampaign({ campaign, brief, by: actorOf(ctx) })
    return ctx.response.redirect(path(campaign.id, 'sending'))
  }

  async review(ctx: HttpContext) {
    const campaign = await this.#campaign(ctx)
    return renderPage(ctx, 'portal/campaigns/review', await reviewModel(ctx, campaign))
  }

  async quote(ctx: HttpContext) {
    await authorize(ctx, 'campaigns.edit')
    const campaign = await this.#campaign(ctx)
    await quoteCampaign({ campaign, by: actorOf(ctx), now: ctx.now })
    return ctx.response.redirect(path(campaign.id, 'review'))
  }

  /** One press: pays and launches, lets it start at its time, or approves each of its occurrences */
  async launch(ctx: HttpContext) {
    await authorize(ctx, 'campaigns.launch')
    const form = await ctx.request.validateUsing(launchForm)
    const campaign = await this.#campaign(ctx)
    const published = await publishCampaign({
      campaign,
      quoteId: form.quote,
      ceiling: form.ceiling ? parseMoney(form.ceiling, ctx.portal.account.currency) : null,
      by: actorOf(ctx),
      now: ctx.now,
    })
    ctx.session.flash('done', `campaigns.done.${published}`)
    return ctx.response.redirect(path(campaign.id))
  }

  async show(ctx: HttpContext) {
    const campaign = await this.#campaign(ctx)
    if (campaign.state === 'draft' || campaign.state === 'quoted') {
      const next =
        campaign.kind === 'messaging' && campaign.listIds.length === 0
          ? 'audience'
          : Object.keys(campaign.brief).length === 0
            ? 'message'
            : 'review'
      ctx.session.reflash()
      return ctx.response.redirect(path(campaign.id, next))
    }
    const own = { accountId: campaign.accountId, campaignId: campaign.id }
    const { cursor } = plainQuery(ctx)
    const [figures, story, schedule, occurrences, answers] = await Promise.all([
      liveFigures(own),
      campaignStory(own),
      readSchedule(own),
      occurrenceList({ ...own, cursor: cursor ?? null }),
      campaign.asksConsent ? answersTo(own) : null,
    ])
    const { currency, timezone: zone } = ctx.portal.account
    const told = { i18n: ctx.i18n, currency, zone, now: ctx.now }
    const pause =
      campaign.state === 'paused' ? story.findLast((line) => line.to === 'paused') : null
    return renderPage(ctx, 'portal/campaigns/show', {
      campaign: plainCampaign(campaign),
      figures,
      excludedWhy: describeReasons({
        reasons: figures.exclusions,
        t: (key, data) => ctx.i18n.t(key, data),
      }),
      waiting:
        campaign.state === 'running' && figures.runId !== null
          ? await waitingSentence.say({ runId: figures.runId, i18n: ctx.i18n, zone })
          : '',
      story: describeStory({ ...told, story }),
      sending: describeSending({ campaign, schedule, i18n: ctx.i18n, now: ctx.now }),
      schedule: schedule && {
        active: schedule.state === 'active',
        recurs: schedule.recurrence !== 'once',
        nextAt: schedule.nextAt,
        ceiling: schedule.ceiling,
        waiting: schedule.waiting,
      },
      /** Nothing is under way: what people decide is about the next occurrence */
      between:
        schedule?.state === 'active' && (figures.runId === null || figures.finishedAt !== null),
      pause: pause?.what
        ? {
            what: pause.what,
            canary: pause.what.startsWith('canary_'),
            amount: typeof pause.data.amount === 'string' ? BigInt(pause.data.amount) : null,
            text: tellHappening({ ...told, what: pause.what, data: pause.data }),
          }
        : null,
      occurrences,
      answers,
      /** What the button of one sends that was paid while launches were closed */
      paidQuote: campaign.state === 'paid' ? campaign.quoteId : null,
      currency,
      ...this.#clock(campaign.state, figures, ctx.now),
    })
  }

  /** Drops a draft. Never what was launched meanwhile: that is cancelled on its own page, which says what becomes of it */
  async abandon(ctx: HttpContext) {
    await authorize(ctx, 'campaigns.edit')
    const campaign = await this.#campaign(ctx)
    await cancelCampaign({ campaign, by: actorOf(ctx), from: ['draft', 'quoted'] })
    ctx.session.flash('done', 'campaigns.done.abandoned')
    return ctx.response.redirect(path(campaign.id))
  }

  async pause(ctx: HttpContext) {
    return this.#control(ctx, pauseCampaign, 'campaigns.done.paused')
  }

  async resume(ctx: HttpContext) {
    return this.#control(ctx, resumeCampaign, 'campaigns.done.resumed')
  }

  async cancel(ctx: HttpContext) {
    return this.#control(ctx, cancelCampaign, 'campaigns.done.cancelled')
  }

  async duplicate(ctx: HttpContext) {
    await authorize(ctx, 'campaigns.edit')
    const copy = await duplicateCampaign({
      campaign: await this.#campaign(ctx),
      name: (original) => ctx.i18n.t('campaigns.copy_of', { name: original }),
      by: actorOf(ctx),
    })
    ctx.session.flash('done', 'campaigns.done.duplicated')
    return ctx.response.redirect(path(copy.id))
  }

  async #control(
    ctx: HttpContext,
    verb: typeof pauseCampaign | typeof resumeCampaign | typeof cancelCampaign,
    done: string
  ) {
    await authorize(ctx, 'campaigns.launch')
    const campaign = await this.#campaign(ctx)
    const { why } = await ctx.request.validateUsing(controlForm)
    await verb({ campaign, by: actorOf(ctx), why: why ?? undefined, now: ctx.now })
    ctx.session.flash('done', done)
    return ctx.response.redirect(path(campaign.id))
  }

  /** Whether the page follows by itself, and for how long the run has gone on */
  #clock(state: CampaignState, figures: LiveFigures, now: Date) {
    return {
      live: CAMPAIGN_TRANSITIONS[state].length > 0,
      elapsed: elapsedSeconds(figures, now),
    }
  }

  #campaign(ctx: HttpContext) {
    return findCampaign(ctx.portal.account.id, String(ctx.params.id))
  }
}
