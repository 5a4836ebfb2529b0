import { plainQuery, wordOf } from '#core/http/forms/plain_query'
import { actorOf } from '#core/access/actor_of'
import type { HttpContext } from '@adonisjs/core/http'
import { renderPage } from '#core/http/pages/render_page'
import {
  CAMPAIGN_VIEWS,
  campaignCounts,
  campaignList,
  type CampaignView,
} from '../overview/campaign_list.js'
import { campaignStory } from '../overview/campaign_story.js'
import { describeSending } from '../sending/describe_sending.js'
import { findAnyCampaign } from '../find_campaign.js'
import { liveFigures } from '../overview/live_figures.js'
import type Campaign from '../models/campaign.js'
import { readSchedule } from '#core/schedules/read_schedule'
import { describeStory } from '../overview/describe_story.js'
import { pauseCampaign } from '../lifecycle/pause_campaign.js'
import { waitingSentence } from '../overview/waiting_sentence.js'
import { sql } from '#core/database/sql'
import { controlForm } from '../validators/campaign_forms.js'

/** Campaigns of every client, to look at and to pause */
export default class AdminCampaignsController {
  async index(ctx: HttpContext) {
    const { view: asked, q, cursor } = plainQuery(ctx)
    const view = wordOf(asked, ['all', ...(Object.keys(CAMPAIGN_VIEWS) as CampaignView[])])
    const [page, counts] = await Promise.all([
      campaignList({ accountId: null, view, search: q?.trim() || null, cursor: cursor ?? null }),
      campaignCounts(null),
    ])
    return renderPage(ctx, 'admin/campaigns/index', { ...page, counts, view, search: q ?? '' })
  }

  async show(ctx: HttpContext) {
    const campaign = await this.#campaign(ctx)
    const [account] = await sql<{ id: string; name: string; currency: string; timezone: string }>(
      'select id, name, currency, timezone from accounts where id = $1::uuid',
      [campaign.accountId]
    )
    const own = { accountId: campaign.accountId, campaignId: campaign.id }
    const schedule = await readSchedule(own)
    const figures = await liveFigures(own)
    return renderPage(ctx, 'admin/campaigns/show', {
      campaign: {
        id: campaign.id,
        name: campaign.name,
        state: campaign.state,
        channel: campaign.channel,
        kind: campaign.kind,
      },
      account,
      figures,
      waiting:
        campaign.state === 'running' && figures.runId !== null
          ? await waitingSentence.say({
              runId: figures.runId,
              i18n: ctx.i18n,
              zone: account.timezone,
            })
          : '',
      sending: describeSending({ campaign, schedule, i18n: ctx.i18n, now: ctx.now }),
      story: describeStory({
        story: await campaignStory(own),
        i18n: ctx.i18n,
        currency: account.currency,
        zone: account.timezone,
        now: ctx.now,
      }),
    })
  }

  async pause(ctx: HttpContext) {
    const { why } = await ctx.request.validateUsing(controlForm)
    const campaign = await this.#campaign(ctx)
    await pauseCampaign({
      campaign,
      by: actorOf(ctx),
      why: why ?? undefined,
    })
    ctx.session.flash('done', 'campaigns.done.paused')
    return ctx.response.redirect(`/admin/campaigns/${campaign.id}`)
  }

  #campaign(ctx: HttpContext): Promise<Campaign> {
    return findAnyCampaign(String(ctx.params.id), 'staff see the campaigns of every client')
  }
}
