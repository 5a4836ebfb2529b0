import { allows } from '#core/access/authorize'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { viewFormatters } from '#core/http/pages/view_formatters'
import { findCampaign } from '../find_campaign.js'
import type { CampaignState } from '../lifecycle/states.js'
import { whatBecame } from '../overview/what_became.js'

/**
 * Steps of the wizard. Once its campaign was launched or abandoned, in another tab or by somebody else, a step leads to the
 * campaign's page, which says what happened; what was posted changes nothing.
 */
export default class DraftMiddleware {
  /** @param options.also states from which the step is possible besides */
  async handle(ctx: HttpContext, next: NextFn, options: { also?: readonly CampaignState[] } = {}) {
    const campaign = await findCampaign(ctx.portal.account.id, String(ctx.params.id))
    if (options.also?.includes(campaign.state)) return next()
    const became = await whatBecame(campaign)
    if (!became) return this.#step(ctx, campaign.id, next)

    const format = viewFormatters({
      locale: ctx.i18n.locale,
      timeZone: ctx.portal.account.timezone,
      now: () => ctx.now,
    })
    /** A step that ended here with a sentence of its own, such as launches being closed, keeps it */
    ctx.session.reflash()
    const posted = ctx.request.method() !== 'GET'
    ctx.session.flash(posted ? 'warning' : 'notice', {
      key: `campaigns.became.${became.what}`,
      data: { at: format.datetime(became.at), by: became.by, posted: posted ? 'yes' : 'no' },
    })
    return ctx.response.redirect(`/portal/campaigns/${campaign.id}`)
  }

  /** Who may not change a draft is led from its forms to the review, which shows all that they hold */
  #step(ctx: HttpContext, id: string, next: NextFn) {
    const review = `/portal/campaigns/${id}/review`
    const isForm = ctx.request.method() === 'GET' && ctx.request.url() !== review
    return isForm && !allows(ctx, 'campaigns.edit') ? ctx.response.redirect(review) : next()
  }
}
