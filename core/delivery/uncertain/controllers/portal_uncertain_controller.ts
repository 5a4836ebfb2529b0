import { actorOf } from '#core/access/actor_of'
import { allows, authorize } from '#core/access/authorize'
import type { HttpContext } from '@adonisjs/core/http'
import { findCampaign } from '#core/campaigns/find_campaign'
import { viewFormatters } from '#core/http/pages/view_formatters'
import { relaunchUncertain } from '../relaunch_uncertain.js'
import { relaunchForm } from '../validators/uncertain_forms.js'
import { confirmUncertain, decideUncertain, showUncertain } from './uncertain_pages.js'

/** Characters of a list's name at most */
const LONGEST_LIST = 120

/** Messages whose outcome nobody knows, for the people of the account */
export default class PortalUncertainController {
  async show(ctx: HttpContext) {
    await authorize(ctx, 'campaigns.view')
    return showUncertain(ctx, await this.#face(ctx))
  }

  async confirm(ctx: HttpContext) {
    await authorize(ctx, 'campaigns.launch')
    return confirmUncertain(ctx, await this.#face(ctx))
  }

  async decide(ctx: HttpContext) {
    await authorize(ctx, 'campaigns.launch')
    return decideUncertain(ctx, { ...(await this.#face(ctx)), by: actorOf(ctx) })
  }

  /** Begins a new campaign for those of a run that is over */
  async relaunch(ctx: HttpContext) {
    await authorize(ctx, 'campaigns.launch')
    const { campaign } = await this.#face(ctx)
    const form = await ctx.request.validateUsing(relaunchForm)
    const now = ctx.now
    const { datetime } = viewFormatters({
      locale: ctx.i18n.locale,
      timeZone: ctx.portal.account.timezone,
      now: () => now,
    })
    const made = await relaunchUncertain({
      campaign,
      runId: form.run,
      ...(form.all ? {} : { seqs: form.seqs ?? [] }),
      listName: ctx.i18n
        .t('campaigns.uncertain.list_name', { date: datetime(now), name: campaign.name })
        .slice(0, LONGEST_LIST),
      name: (original) => ctx.i18n.t('campaigns.uncertain.relaunch_of', { name: original }),
      by: actorOf(ctx),
      why: form.why ?? '',
    })
    ctx.session.flash('done', {
      key: 'campaigns.uncertain.done.relaunched',
      data: { count: made.contacts },
    })
    return ctx.response.redirect(`/portal/campaigns/${made.campaign.id}`)
  }

  async #face(ctx: HttpContext) {
    const may = allows(ctx, 'campaigns.launch')
    return {
      face: 'portal',
      campaign: await findCampaign(ctx.portal.account.id, String(ctx.params.id)),
      mayDecide: may,
      mayRelaunch: may,
    } as const
  }
}
