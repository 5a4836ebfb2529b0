import { actorOf } from '#core/access/actor_of'
import { allows, authorize } from '#core/access/authorize'
import type { HttpContext } from '@adonisjs/core/http'
import logger from '@adonisjs/core/services/logger'
import { findAnyCampaign } from '#core/campaigns/find_campaign'
import { confirmUncertain, decideUncertain, showUncertain } from './uncertain_pages.js'

/** Messages whose outcome nobody knows, of every client. A new campaign is the client's to begin: it is their money */
export default class AdminUncertainController {
  async show(ctx: HttpContext) {
    return showUncertain(ctx, await this.#face(ctx))
  }

  async confirm(ctx: HttpContext) {
    await authorize(ctx, 'engine.operate')
    return confirmUncertain(ctx, await this.#face(ctx))
  }

  async decide(ctx: HttpContext) {
    await authorize(ctx, 'engine.operate')
    const face = await this.#face(ctx)
    logger.info(
      { staff: ctx.staff.id, campaign: face.campaign.id },
      'a staff member decides about deliveries of unknown outcome'
    )
    const by = actorOf(ctx)
    return decideUncertain(ctx, { ...face, by })
  }

  async #face(ctx: HttpContext) {
    return {
      face: 'admin',
      campaign: await findAnyCampaign(String(ctx.params.id), 'staff settle what nobody knows'),
      mayDecide: allows(ctx, 'engine.operate'),
      mayRelaunch: false,
    } as const
  }
}
