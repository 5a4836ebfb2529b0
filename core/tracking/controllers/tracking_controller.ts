import type { HttpContext } from '@adonisjs/core/http'
import { renderPage } from '#core/http/pages/render_page'
import { answerRequest } from '#core/audience/consent/answer_request'
import { ipPrefix } from '#core/http/ip_prefix'
import { readToken } from '../links/token.js'
import { runContact } from '#core/runs/run_contact'
import { frozenRun } from '#core/runs/frozen_run'
import { consentAnswerForm } from '../validators/consent_answer_form.js'
import { isUnsubscribed, unsubscribe } from '../links/unsubscribe.js'
import { webView } from '../links/web_view.js'

/**
 * Addresses in messages that are pages: no cookie, no session, nothing that a stranger can forge. Openings and clicks are answered
 * before the framework (`tracking_server.ts`); what arrives here is a click that leads nowhere.
 */
export default class TrackingController {
  async gone(ctx: HttpContext) {
    return this.#gone(ctx)
  }

  /** Scanners follow every link: looking changes nothing */
  async askUnsubscribe(ctx: HttpContext) {
    const token = String(ctx.params.token)
    const delivery = readToken('unsubscribe', token)
    const run = delivery ? await frozenRun(delivery.runId) : null
    if (!delivery || !run) return this.#gone(ctx)
    const done = await isUnsubscribed(delivery)
    return renderPage(ctx, 'unsubscribe', { token, sender: run.accountName, done })
  }

  /** One click (RFC 8058 §3.1): a POST without cookie or redirect, answered 200 */
  async unsubscribe(ctx: HttpContext) {
    const token = String(ctx.params.token)
    const delivery = readToken('unsubscribe', token)
    const run = delivery ? await frozenRun(delivery.runId) : null
    if (!delivery || !run) return this.#gone(ctx)
    const done = await unsubscribe({
      delivery,
      userAgent: ctx.request.header('user-agent') ?? null,
      ipPrefix: ipPrefix(ctx.request.ip()),
      now: ctx.now,
    })
    if (!done) return this.#gone(ctx)
    return renderPage(ctx, 'unsubscribe', { token, sender: run.accountName, done: true })
  }

  /** Asks whether the person agrees to be written to. Scanners follow every link: looking answers nothing */
  async askConsent(ctx: HttpContext) {
    const asked = await this.#asked(ctx)
    if (!asked) return this.#gone(ctx)
    return this.#consentPage(ctx, { ...asked, answer: asked.consent })
  }

  /** Writes the answer down. No cookie is needed: whoever has the link is the person it was sent to */
  async consent(ctx: HttpContext) {
    const asked = await this.#asked(ctx)
    if (!asked) return this.#gone(ctx)
    const { answer } = await ctx.request.validateUsing(consentAnswerForm)
    const done = await answerRequest({ ...asked, answer, now: ctx.now })
    if (!done) return this.#gone(ctx)
    return this.#consentPage(ctx, { ...asked, answer })
  }

  /** The person that a link for an answer was sent to, and who asks */
  async #asked(ctx: HttpContext) {
    const token = String(ctx.params.token)
    const delivery = readToken('consent', token)
    if (!delivery) return null
    const [run, contact] = await Promise.all([frozenRun(delivery.runId), runContact(delivery)])
    if (!run || !contact?.contactId) return null
    return {
      token,
      runId: run.id,
      accountId: run.accountId,
      sender: run.accountName,
      contactId: contact.contactId,
      consent: contact.consent ?? 'unknown',
    }
  }

  #consentPage(ctx: HttpContext, o: { token: string; sender: string; answer: string }) {
    const answer = o.answer === 'granted' || o.answer === 'refused' ? o.answer : 'open'
    return renderPage(ctx, 'consent', { token: o.token, sender: o.sender, answer })
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

  #gone(ctx: HttpContext) {
    ctx.response.status(404)
    return renderPage(ctx, 'link_gone', {})
  }
}
