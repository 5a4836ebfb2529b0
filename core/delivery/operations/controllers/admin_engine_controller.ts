import { actorOf } from '#core/access/actor_of'
import { allows, authorize } from '#core/access/authorize'
import type { HttpContext } from '@adonisjs/core/http'
import logger from '@adonisjs/core/services/logger'
import { renderPage, TIME_ZONE } from '#core/http/pages/render_page'
import pluginKernel from '#core/plugins/main'
import { engineState } from '../engine_state.js'
import { PluginUnknownError } from '../../errors.js'
import { setRate } from '../../rates/set_rate.js'
import { bucketKeys } from '../../rates/take_tokens.js'
import { describeWaiting, waitingWords, type TellTo } from '../describe_waiting.js'
import { unstick } from '../unstick.js'
import type { Waiting } from '../why_waiting.js'
import { canaryForm, ceilingForm, laneForm, unstickForm } from '../validators/engine_forms.js'

/** The engine as staff see it: who works, what is slowed down, what is being sent and why something is not */
export default class AdminEngineController {
  async show(ctx: HttpContext) {
    const { runs, ...state } = await engineState()
    const locale = ctx.i18n.locale === 'en' ? 'en' : 'fr'
    const t = (key: string, data?: Record<string, unknown>) => ctx.i18n.t(key, data)
    return renderPage(ctx, 'admin/engine/index', {
      ...state,
      failedJobs: state.stuck.failedJobs.reduce((sum, one) => sum + one.count, 0),
      runs: runs.map(({ waiting, ...run }) => ({
        ...run,
        why: waiting ? situation(waiting, { t, locale, zone: TIME_ZONE, now: state.at }) : '',
      })),
      plugins: messagingPlugins(locale),
      mayAct: allows(ctx, 'engine.operate'),
    })
  }

  /** Gives one kind of what is stuck a push */
  async unstick(ctx: HttpContext) {
    await authorize(ctx, 'engine.operate')
    const { what } = await ctx.request.validateUsing(unstickForm)
    const count = await unstick({ what })
    return this.#done(ctx, { what, count }, { key: `campaigns.engine.done.${what}`, count })
  }

  /** Lets the rest of a run go that its first part holds back */
  async release(ctx: HttpContext) {
    await authorize(ctx, 'engine.operate')
    const { run } = await ctx.request.validateUsing(canaryForm)
    const by = actorOf(ctx)
    const count = await unstick({ what: 'canary', runId: run, by, now: ctx.now })
    return this.#done(
      ctx,
      { what: 'canary', run, count },
      { key: 'campaigns.engine.done.canary', count }
    )
  }

  /** Lets a destination or a sender be tried again at once */
  async unblock(ctx: HttpContext) {
    await authorize(ctx, 'engine.operate')
    const { key } = await ctx.request.validateUsing(laneForm)
    const count = await unstick({ what: 'lane', key })
    return this.#done(
      ctx,
      { what: 'lane', key, count },
      { key: 'campaigns.engine.done.lane', count }
    )
  }

  /** Sets what may leave for one destination a second, or takes the limit away */
  async ceiling(ctx: HttpContext) {
    await authorize(ctx, 'engine.operate')
    const form = await ctx.request.validateUsing(ceilingForm)
    const { plugin, destination, per_second: perSecond = null } = form
    if (perSecond !== null && !messagingPlugins('fr').some((one) => one.value === plugin))
      throw new PluginUnknownError(plugin)
    await setRate({ key: bucketKeys.destination(plugin, destination), perSecond })
    return this.#done(
      ctx,
      { what: 'ceiling', plugin, destination, perSecond },
      {
        key: `campaigns.engine.done.${perSecond === null ? 'ceiling_removed' : 'ceiling'}`,
        destination,
        rate: perSecond,
      }
    )
  }

  #done(
    ctx: HttpContext,
    did: Record<string, unknown>,
    told: { key: string } & Record<string, unknown>
  ) {
    logger.info({ staff: ctx.staff.id, ...did }, 'a staff member acted on the engine')
    const { key, ...data } = told
    ctx.session.flash(data.count === 0 ? 'notice' : 'done', { key, data })
    return ctx.response.redirect('/admin/engine')
  }
}

/** A sentence about a run: that it sends, or what it waits for */
function situation(waiting: Waiting, o: TellTo): string {
  const why = waitingWords(waiting, o)
  return describeWaiting(waiting, o) === ''
    ? why.charAt(0).toUpperCase() + why.slice(1)
    : o.t('campaigns.waiting.sentence', { why })
}

/** Plugins whose messages go to destinations, for a form */
function messagingPlugins(locale: 'fr' | 'en') {
  const found = new Map(
    pluginKernel
      .channels()
      .filter(({ channel }) => channel.kind === 'messaging')
      .map(({ pluginId, channel }) => [pluginId, channel.title[locale]])
  )
  return [...found].map(([value, label]) => ({ value, label }))
}
