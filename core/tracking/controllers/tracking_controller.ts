import type { HttpContext } from '@adonisjs/core/http'
import { renderPage } from '#core/http/render_page'
import { clickTarget } from '../click_target.js'
import { eventBuffer } from '../event_buffer.js'
import { ipPrefix } from '../ip_prefix.js'
import { readToken, type TrackedDelivery } from '../token.js'
import { trackedRun } from '../tracked_run.js'
import { unsubscribe } from '../unsubscribe.js'
import { webView } from '../web_view.js'

/** One transparent pixel */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')

/** Addresses in messages: no cookie, no session, nothing that a stranger can forge */
export default class TrackingController {
  /** The pixel is always served; only a true token is a fact */
  async open(ctx: HttpContext) {
    const delivery = readToken('open', String(ctx.params.token).replace(/\.gif$/, ''))
    if (delivery) this.#note(ctx, delivery, 'opened')
    ctx.response.header('cache-control', 'no-store, private').header('content-type', 'image/gif')
    return ctx.response.send(PIXEL)
  }

  async click(ctx: HttpContext) {
    const delivery = readToken('click', String(ctx.params.token))
    const target = delivery ? await clickTarget(delivery) : null
    if (!delivery || !target) return this.#gone(ctx)
    this.#note(ctx, delivery, 'clicked')
    ctx.response
      .header('referrer-policy', 'no-referrer')
      .header('cache-control', 'no-store, private')
    return ctx.response.redirect().status(302).toPath(target)
  }

  /** Scanners follow every link: looking changes nothing */
  async askUnsubscribe(ctx: HttpContext) {
    const token = String(ctx.params.token)
    const delivery = readToken('unsubscribe', token)
    const run = delivery ? await trackedRun(delivery.runId) : null
    if (!delivery || !run) return this.#gone(ctx)
    return renderPage(ctx, 'unsubscribe', { token, sender: run.accountName, done: false })
  }

  /** One click (RFC 8058 §3.1): a POST without cookie or redirect, answered 200 */
  async unsubscribe(ctx: HttpContext) {
    const token = String(ctx.params.token)
    const delivery = readToken('unsubscribe', token)
    const run = delivery ? await trackedRun(delivery.runId) : null
    if (!delivery || !run) return this.#gone(ctx)
    const done = await unsubscribe({
      delivery,
      userAgent: ctx.request.header('user-agent') ?? null,
      ipPrefix: ipPrefix(ctx.request.ip()),
      now: new Date(),
    })
    if (!done) return this.#gone(ctx)
    return renderPage(ctx, 'unsubscribe', { token, sender: run.accountName, done: true })
  }

  /** The message again, in the browser; a frame without scripts */
  async view(ctx: HttpContext) {
    const delivery = readToken('view', String(ctx.params.token))
    const html = delivery ? await webView(delivery) : null
    if (!html) return this.#gone(ctx)
    ctx.response
      .header(
        'content-security-policy',
        "default-src 'none'; img-src https: http: data:; style-src 'unsafe-inline'; sandbox allow-popups allow-top-navigation-by-user-activation"
      )
      .header('cache-control', 'no-store, private')
      .header('content-type', 'text/html; charset=utf-8')
    return ctx.response.send(html)
  }

  #note(ctx: HttpContext, delivery: TrackedDelivery, kind: 'opened' | 'clicked') {
    eventBuffer.add({
      runId: delivery.runId,
      seq: delivery.seq,
      kind,
      link: kind === 'clicked' ? delivery.link : null,
      dedup: null,
      userAgent: ctx.request.header('user-agent') ?? null,
      ipPrefix: ipPrefix(ctx.request.ip()),
      at: new Date(),
    })
  }

  #gone(ctx: HttpContext) {
    ctx.response.status(404)
    return renderPage(ctx, 'link_gone', {})
  }
}
