import type { HttpContext } from '@adonisjs/core/http'
import { renderPage } from '#core/http/pages/render_page'
import { orLinkUsed } from './link_used.js'
import { confirmAddress } from '../accounts/confirm_address.js'
import { countryOptions } from '../accounts/countries.js'
import { afterAnswer } from '../mail/after_answer.js'
import { limitTries } from '../sessions/limit_tries.js'
import { lookAtLink } from '../mail/access_links.js'
import { sendConfirmation } from '../mail/send_confirmation.js'
import { beginSession } from '../sessions/sessions.js'
import { signUp } from '../accounts/sign_up.js'
import { signupForm } from '../validators/identity_forms.js'

/** Sign-up of a company, and the confirmation of its owner's address */
export default class SignupController {
  async show(ctx: HttpContext) {
    return renderPage(ctx, 'auth/signup', { countries: countryOptions(ctx.i18n.locale) })
  }

  /** The same page whether the address is known or not: only its mailbox learns which */
  async store(ctx: HttpContext) {
    await limitTries({ key: `signup:${ctx.request.ip()}`, requests: 20, minutes: 60 })
    const form = await ctx.request.validateUsing(signupForm)
    const { locale } = ctx.i18n
    afterAnswer(ctx, 'sign-up', () =>
      signUp({
        company: form.company,
        country: form.country,
        owner: {
          fullName: form.full_name,
          email: form.email,
          password: form.password,
          locale,
        },
        now: ctx.now,
      })
    )
    ctx.session.put('pending_email', form.email)
    return ctx.response.redirect('/confirm')
  }

  /** Says that a mail is on its way, and offers another */
  async pending(ctx: HttpContext) {
    const email = await this.#pendingEmail(ctx)
    if (email === null) return ctx.response.redirect('/signin')
    return renderPage(ctx, 'auth/confirm_pending', { email })
  }

  async again(ctx: HttpContext) {
    await limitTries({ key: `confirm:${ctx.request.ip()}`, requests: 10, minutes: 30 })
    const email = await this.#pendingEmail(ctx)
    if (email === null) return ctx.response.redirect('/signin')
    afterAnswer(ctx, 'confirmation', () => sendConfirmation({ email, now: ctx.now }))
    ctx.session.flash('done', 'identity.done.mail_sent')
    return ctx.response.redirect('/confirm')
  }

  /** Looking changes nothing: mail scanners follow links */
  async ask(ctx: HttpContext) {
    return orLinkUsed(ctx, { next: 'confirm' }, async () => {
      const token = String(ctx.params.token)
      await lookAtLink({ purpose: 'confirm_address', token, now: ctx.now })
      return renderPage(ctx, 'auth/confirm', { token })
    })
  }

  async confirm(ctx: HttpContext) {
    return orLinkUsed(ctx, { next: 'confirm' }, async () => {
      const user = await confirmAddress({ token: String(ctx.params.token), now: ctx.now })
      ctx.session.forget('pending_email')
      await beginSession(ctx, { guard: 'portal', who: user })
      ctx.session.flash('done', 'identity.done.confirmed')
      return ctx.response.redirect('/portal')
    })
  }

  /** The address that waits for its confirmation: of who has just signed up, or has signed in before confirming */
  async #pendingEmail(ctx: HttpContext): Promise<string | null> {
    const guard = ctx.auth.use('portal')
    if (await guard.check()) {
      const user = guard.getUserOrFail()
      return user.confirmedAt ? null : user.email
    }
    const email: unknown = ctx.session.get('pending_email')
    return typeof email === 'string' ? email : null
  }
}
