import { plainQuery } from '#core/http/forms/plain_query'
import type { HttpContext } from '@adonisjs/core/http'
import { renderPage } from '#core/http/pages/render_page'
import { orLinkUsed } from './link_used.js'
import { lookAtLink } from '../mail/access_links.js'
import { limitTries } from '../sessions/limit_tries.js'
import { resetPassword } from '../sessions/reset_password.js'
import { afterAnswer } from '../mail/after_answer.js'
import { sendResetMails } from '../mail/send_reset_mails.js'
import { endSessions } from '../sessions/sessions.js'
import { forgotForm, resetForm } from '../validators/identity_forms.js'

/** A forgotten password, of clients and of staff */
export default class PasswordController {
  async forgot(ctx: HttpContext) {
    return renderPage(ctx, 'auth/forgot', { sent: plainQuery(ctx).sent === '1' })
  }

  /** The same answer for a known and an unknown address, after the same time */
  async send(ctx: HttpContext) {
    await limitTries({ key: `forgot:${ctx.request.ip()}`, requests: 10, minutes: 30 })
    const { email } = await ctx.request.validateUsing(forgotForm)
    afterAnswer(ctx, 'reset', () => sendResetMails({ email, now: ctx.now }))
    return ctx.response.redirect('/password/forgot?sent=1')
  }

  async show(ctx: HttpContext) {
    return orLinkUsed(ctx, { next: 'forgot' }, async () => {
      const token = String(ctx.params.token)
      await lookAtLink({ purpose: 'reset_password', token, now: ctx.now })
      return renderPage(ctx, 'auth/reset', { token })
    })
  }

  async reset(ctx: HttpContext) {
    return orLinkUsed(ctx, { next: 'forgot' }, async () => {
      const { password } = await ctx.request.validateUsing(resetForm)
      const { guard, personId } = await resetPassword({
        token: String(ctx.params.token),
        password,
        now: ctx.now,
      })
      await endSessions({ guard, personId })
      ctx.session.flash('done', 'identity.done.password')
      return ctx.response.redirect(guard === 'admin' ? '/admin/signin' : '/signin')
    })
  }
}
