import app from '@adonisjs/core/services/app'
import i18nManager from '@adonisjs/i18n/services/main'
import { ExceptionHandler, type HttpContext } from '@adonisjs/core/http'
import type { HttpError } from '@adonisjs/core/types/http'
import type { KernelError } from '#core/errors/kernel_error'
import { keepInput } from './forms/keep_input.js'
import { localeOf } from './pages/preferences.js'
import { renderPage } from './pages/render_page.js'
import { escapeHtml } from './pages/safe_html.js'

/** What may be thrown: an error of the kernel, or of the framework and its packages */
type TranslatedError = HttpError & Partial<Pick<KernelError, 'translation' | 'field' | 'asPage'>>

/** Statuses that have words of their own under `errors.pages` */
const KNOWN = new Set([400, 401, 403, 404, 405, 409, 413, 419, 422, 429, 500, 503])

/** The shield's own status for it is 403, which says something else to a person */
const CSRF = { code: 'E_BAD_CSRF_TOKEN', status: 419 }

/**
 * Answers errors: forms go back with what was typed, pages say what happened in the product's look, programs get JSON.
 */
export default class HttpExceptionHandler extends ExceptionHandler {
  /** Stack traces are for the log */
  protected override debug = false
  protected override renderStatusPages = false
  protected override ignoreStatuses = [400, 401, 404, 405, 409, 419, 422, 429]

  override async handle(thrown: unknown, ctx: HttpContext) {
    const error = this.toHttpError(thrown) as TranslatedError

    if (error.code === CSRF.code) {
      error.status = CSRF.status
      /** Only to a page of ours: what another site sends is not put into a form */
      if (isFromOurPage(ctx.request)) error.translation = { key: 'errors.E_BAD_CSRF_TOKEN' }
    }
    if (this.#wantsJson(ctx)) {
      return this.#answerJson(error, ctx)
    }
    if (error.code === 'E_VALIDATION_ERROR' && 'messages' in error) {
      return this.#returnForm(error, ctx)
    }
    if (error.translation && !error.asPage && this.#isForm(ctx)) {
      return this.#returnForm(error, ctx)
    }
    /*
    | Redirects to the sign-in page and the like know their own answer
    */
    if (error.code !== CSRF.code && !error.translation && typeof error.handle === 'function') {
      return error.handle(error, ctx)
    }
    return this.#showPage(error, ctx)
  }

  #wantsJson({ request }: HttpContext): boolean {
    return (
      request.url().startsWith('/api/') ||
      request.url().startsWith('/hooks/') ||
      request.accepts(['html', 'json']) === 'json'
    )
  }

  /** A form can be gone back to when it came from a page of ours that has a session */
  #isForm(ctx: HttpContext): boolean {
    const isWrite = !['GET', 'HEAD'].includes(ctx.request.method())
    return isWrite && ctx.session?.initiated === true && ctx.request.header('referer') !== undefined
  }

  #answerJson(error: TranslatedError & { messages?: unknown }, ctx: HttpContext) {
    const { response } = ctx
    if (error.code === 'E_VALIDATION_ERROR' && Array.isArray(error.messages)) {
      return response.status(422).send({ errors: error.messages })
    }
    const message = error.translation
      ? this.#i18n(ctx).t(error.translation.key, error.translation.data)
      : this.#words(error, ctx).title
    response.status(error.status).send({
      error: { code: error.code ?? 'E_UNEXPECTED', message, reference: ctx.request.id() ?? null },
    })
  }

  /** Back to the form: what was typed is kept, the sentence stands on top or at its field */
  #returnForm(error: TranslatedError & { messages?: unknown }, ctx: HttpContext) {
    if (!this.#isForm(ctx)) {
      return this.#showPage(error, ctx)
    }
    const { session, response } = ctx
    keepInput(ctx)

    if (Array.isArray(error.messages)) {
      session.flash('inputErrorsBag', errorsByField(error.messages))
    } else if (error.translation && error.field) {
      const sentence = this.#i18n(ctx).t(error.translation.key, error.translation.data)
      session.flash('inputErrorsBag', { [error.field]: [sentence] })
    } else if (error.translation) {
      const { key, data } = error.translation
      session.flash('problem', { key, data: plainData(data) })
    }
    return response.redirect().withQs().back()
  }

  async #showPage(error: TranslatedError, ctx: HttpContext) {
    const status = error.status >= 400 && error.status <= 599 ? error.status : 500
    const words = this.#words(error, ctx)
    const reference = ctx.request.id() ?? null
    ctx.response.status(status)

    try {
      const home = ctx.request.url().startsWith('/admin')
        ? '/admin'
        : ctx.request.url().startsWith('/portal')
          ? '/portal'
          : '/'
      const detail = app.inProduction || status < 500 ? null : (error.stack ?? error.message)
      const model = { status, ...words, reference, home, detail }
      /** Staff see pages of the kernel alone, whatever theme is chosen */
      const template = home === '/admin' ? 'admin/error' : 'errors/show'
      return ctx.response.send(await renderPage(ctx, template, model))
    } catch (cause) {
      /*
      | The page of errors failed as well: say so in plain HTML rather than not at all
      */
      ctx.logger.error({ err: cause }, 'The error page could not be rendered')
      const text = [words.title, words.text, reference ?? ''].map(escapeHtml).join('</p><p>')
      return ctx.response.send(
        `<!doctype html><meta charset="utf-8"><title>Griot</title><p>${text}</p>`
      )
    }
  }

  #words(error: TranslatedError, ctx: HttpContext): { title: string; text: string } {
    const i18n = this.#i18n(ctx)
    const known = KNOWN.has(error.status) ? error.status : error.status >= 500 ? 500 : 400
    return {
      title: i18n.t(`errors.pages.${known}.title`),
      text: error.translation
        ? i18n.t(error.translation.key, error.translation.data)
        : i18n.t(`errors.pages.${known}.text`),
    }
  }

  #i18n(ctx: HttpContext) {
    return ctx.i18n ?? i18nManager.locale(localeOf(ctx.request))
  }
}

/** Browsers name the page that sends a form, in a header that pages cannot set (RFC 6454 §7) */
function isFromOurPage(request: HttpContext['request']): boolean {
  const origin = request.header('origin') ?? ''
  return URL.canParse(origin) && new URL(origin).host === request.host()
}

/** Every message of a field, in the order of the validator */
function errorsByField(messages: { field: string; message: string }[]): Record<string, string[]> {
  const errors: Record<string, string[]> = {}
  for (const { field, message } of messages) (errors[field] ??= []).push(message)
  return errors
}

/** Sessions are stored as JSON, which has no bigint */
function plainData(data: Record<string, unknown> = {}): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [
      key,
      typeof value === 'bigint' ? Number(value) : value,
    ])
  )
}
