import type { HttpContext } from '@adonisjs/core/http'
import { authorize } from '#core/access/authorize'
import { contactListOptions } from '#core/audience/contact_list_options'
import { findQuote } from '#core/billing/make_quote'
import { publishedServices } from '#core/billing/published_services'
import { templateOptions } from '#core/content/template_options'
import type { Actor } from '#core/database/actor'
import { renderPage } from '#core/http/render_page'
import { readSchemaForm } from '#core/http/read_schema_form'
import { walletBalance } from '#core/ledger/wallet_balance'
import { formSchema } from '#core/plugins/form_schema'
import pluginKernel from '#core/plugins/main'
import {
  CAMPAIGN_VIEWS,
  campaignCounts,
  campaignList,
  type CampaignView,
} from '../campaign_list.js'
import { campaignStory } from '../campaign_story.js'
import { cancelCampaign } from '../cancel_campaign.js'
import { createCampaign } from '../create_campaign.js'
import { duplicateCampaign } from '../duplicate_campaign.js'
import { editCampaign } from '../edit_campaign.js'
import { findCampaign } from '../find_campaign.js'
import { launchCampaign } from '../launch_campaign.js'
import { elapsedSeconds } from '../elapsed_seconds.js'
import { liveFigures, type LiveFigures } from '../live_figures.js'
import { pauseCampaign } from '../pause_campaign.js'
import { payCampaign } from '../pay_campaign.js'
import { quoteCampaign } from '../quote_campaign.js'
import { resumeCampaign } from '../resume_campaign.js'
import { CAMPAIGN_TRANSITIONS, type CampaignState } from '../states.js'
import { campaignSteps } from '../campaign_steps.js'
import { zonedTime } from '../zoned_time.js'
import {
  audienceForm,
  controlForm,
  launchForm,
  newCampaignForm,
} from '../validators/campaign_forms.js'

const path = (id: string, step = '') => `/portal/campaigns/${id}${step ? `/${step}` : ''}`
const actorOf = (ctx: HttpContext): Actor => ({
  kind: 'user',
  id: ctx.portal.user.id,
  name: ctx.portal.user.fullName,
})

/** Campaigns in the portal: the list, the wizard, the live page and its controls */
export default class PortalCampaignsController {
  async index(ctx: HttpContext) {
    const { view: asked, q, cursor } = ctx.request.qs() as Record<string, string | undefined>
    const view = (asked && asked in CAMPAIGN_VIEWS ? asked : 'all') as CampaignView
    const accountId = ctx.portal.account.id
    const [page, counts] = await Promise.all([
      campaignList({ accountId, view, search: q?.trim() || null, cursor: cursor ?? null }),
      campaignCounts(accountId),
    ])
    return renderPage(ctx, 'portal/campaigns/index', { ...page, counts, view, search: q ?? '' })
  }

  async new(ctx: HttpContext) {
    authorize(ctx, 'campaigns.edit')
    return renderPage(ctx, 'portal/campaigns/new', {
      services: await publishedServices({
        locale: ctx.i18n.locale,
        currency: ctx.portal.account.currency,
      }),
    })
  }

  async store(ctx: HttpContext) {
    authorize(ctx, 'campaigns.edit')
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
      ...this.#wizard(ctx, campaign, 'audience'),
      lists: await contactListOptions(campaign.accountId),
      chosen: campaign.listIds,
    })
  }

  async saveAudience(ctx: HttpContext) {
    authorize(ctx, 'campaigns.edit')
    const campaign = await this.#campaign(ctx)
    const { lists } = await ctx.request.validateUsing(audienceForm)
    const own = new Set((await contactListOptions(campaign.accountId)).map((list) => list.id))
    await editCampaign({ campaign, listIds: lists.filter((id) => own.has(id)), by: actorOf(ctx) })
    return ctx.response.redirect(path(campaign.id, 'message'))
  }

  async message(ctx: HttpContext) {
    const campaign = await this.#campaign(ctx)
    const { channel } = pluginKernel.channel(campaign.channel)
    return renderPage(ctx, 'portal/campaigns/message', {
      ...this.#wizard(ctx, campaign, 'message'),
      schema: formSchema(channel.brief),
      values: { sender_name: ctx.portal.account.name, ...campaign.brief },
      templates: await templateOptions(campaign.accountId),
    })
  }

  async saveMessage(ctx: HttpContext) {
    authorize(ctx, 'campaigns.edit')
    const campaign = await this.#campaign(ctx)
    const { channel } = pluginKernel.channel(campaign.channel)
    const input = readSchemaForm(formSchema(channel.brief), ctx.request.input('brief', {}), {
      current: campaign.brief,
    })
    const brief = (await channel.brief.validate(input)) as Record<string, unknown>
    await editCampaign({ campaign, brief, by: actorOf(ctx) })
    return ctx.response.redirect(path(campaign.id, 'review'))
  }

  async review(ctx: HttpContext) {
    const campaign = await this.#campaign(ctx)
    const { account } = ctx.portal
    const quote = campaign.quoteId
      ? await findQuote({ accountId: account.id, quoteId: campaign.quoteId })
      : null
    const balance = await walletBalance({ accountId: account.id, currency: account.currency })
    return renderPage(ctx, 'portal/campaigns/review', {
      ...this.#wizard(ctx, campaign, 'review'),
      quote: quote && {
        ...quote,
        lines: quote.lines.map((line) => ({
          ...line,
          because: line.because[ctx.i18n.locale === 'en' ? 'en' : 'fr'],
        })),
        assumptions: quote.assumptions.map((a) => a[ctx.i18n.locale === 'en' ? 'en' : 'fr']),
      },
      expired: quote ? quote.expiresAt <= new Date() : false,
      balance,
      missing: quote && quote.maximum > balance.available ? quote.maximum - balance.available : 0n,
      zone: account.timezone,
      summary: {
        ...campaign.brief,
        lists: (await contactListOptions(account.id))
          .filter((list) => campaign.listIds.includes(list.id))
          .map((list) => list.name),
      },
    })
  }

  async quote(ctx: HttpContext) {
    authorize(ctx, 'campaigns.edit')
    const campaign = await this.#campaign(ctx)
    await quoteCampaign({ campaign, by: actorOf(ctx) })
    return ctx.response.redirect(path(campaign.id, 'review'))
  }

  /** Pays from the wallet and launches: one press, two steps that each stand alone */
  async launch(ctx: HttpContext) {
    authorize(ctx, 'campaigns.launch')
    const form = await ctx.request.validateUsing(launchForm)
    const campaign = await this.#campaign(ctx)
    const startAt =
      form.when === 'later' ? zonedTime(form.start_at ?? '', ctx.portal.account.timezone) : null
    if (campaign.state !== 'paid')
      await payCampaign({ campaign, quoteId: form.quote, by: actorOf(ctx) })
    await launchCampaign({ campaign, startAt, by: actorOf(ctx) })
    ctx.session.flash('done', startAt ? 'campaigns.done.scheduled' : 'campaigns.done.launched')
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
      return ctx.response.redirect(path(campaign.id, next))
    }
    const [figures, story] = await Promise.all([
      liveFigures({ accountId: campaign.accountId, campaignId: campaign.id }),
      campaignStory({ accountId: campaign.accountId, campaignId: campaign.id }),
    ])
    return renderPage(ctx, 'portal/campaigns/show', {
      campaign: this.#plain(campaign),
      figures,
      story,
      currency: ctx.portal.account.currency,
      ...this.#clock(campaign.state, figures),
    })
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
    authorize(ctx, 'campaigns.edit')
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
    authorize(ctx, 'campaigns.launch')
    const { why } = await ctx.request.validateUsing(controlForm)
    const campaign = await this.#campaign(ctx)
    await verb({ campaign, by: actorOf(ctx), why: why ?? undefined })
    ctx.session.flash('done', done)
    return ctx.response.redirect(path(campaign.id))
  }

  /** Whether the page follows by itself, and for how long the run has gone on */
  #clock(state: CampaignState, figures: LiveFigures) {
    return {
      live: CAMPAIGN_TRANSITIONS[state].length > 0,
      elapsed: elapsedSeconds(figures, new Date()),
    }
  }

  #campaign(ctx: HttpContext) {
    return findCampaign(ctx.portal.account.id, String(ctx.params.id))
  }

  #plain(campaign: Awaited<ReturnType<typeof findCampaign>>) {
    return {
      id: campaign.id,
      name: campaign.name,
      state: campaign.state,
      channel: campaign.channel,
      kind: campaign.kind,
      startAt: campaign.startAt?.toJSDate() ?? null,
      brief: campaign.brief,
    }
  }

  #wizard(
    ctx: HttpContext,
    campaign: Awaited<ReturnType<typeof findCampaign>>,
    current: 'audience' | 'message' | 'review'
  ) {
    return {
      campaign: this.#plain(campaign),
      steps: campaignSteps({ campaign, current, t: (key) => ctx.i18n.t(key) }),
    }
  }
}
