import type { HttpContext } from '@adonisjs/core/http'
import { keepForSignIn, keepInput } from '#core/http/forms/keep_input'

/**
 * Leads somebody who is not signed in to the sign-in page, and afterwards to the page that was asked for. A form that was sent goes
 * back to its page first, so that it is that page which is asked for, and keeps what was typed.
 *
 * @param o.intended key of the session under which the page is remembered
 */
export function askToSignIn(ctx: HttpContext, o: { page: string; intended: string }) {
  const { request, response, session } = ctx
  if (request.method() === 'GET') {
    session.put(o.intended, request.url(true))
    if (keepForSignIn(ctx)) session.flash('warning', 'identity.errors.session_over')
    return response.redirect(o.page)
  }
  if (request.header('referer') === undefined) return response.redirect(o.page)
  keepInput(ctx)
  return response.redirect().withQs().back()
}
