import type { HttpContext } from '@adonisjs/core/http'
import logger from '@adonisjs/core/services/logger'
import { renderPage } from '#core/http/render_page'
import { engineState } from '../engine_state.js'
import { unstick } from '../unstick.js'
import { laneForm, unstickForm } from '../validators/engine_forms.js'

/** The engine as staff see it: who works, what is slowed down, what is being sent and why something is not */
export default class AdminEngineController {
  async show(ctx: HttpContext) {
    return renderPage(ctx, 'admin/engine/index', await engineState())
  }

  /** Gives one kind of what is stuck a push */
  async unstick(ctx: HttpContext) {
    const { what } = await ctx.request.validateUsing(unstickForm)
    return this.#done(ctx, what, await unstick({ what }))
  }

  /** Lets a destination or a sender be tried again at once */
  async unblock(ctx: HttpContext) {
    const { key } = await ctx.request.validateUsing(laneForm)
    return this.#done(ctx, 'lane', await unstick({ what: 'lane', key }))
  }

  #done(ctx: HttpContext, what: string, count: number) {
    logger.info({ staffId: ctx.staff.id, what, count }, 'staff gave the engine a push')
    ctx.session.flash('done', { key: 'campaigns.engine.done', data: { count } })
    return ctx.response.redirect('/admin/engine')
  }
}
