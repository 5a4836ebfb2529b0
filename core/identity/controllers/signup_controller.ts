import type { HttpContext } from '@adonisjs/core/http'
import logger from '@adonisjs/core/services/logger'
import { renderPage } from '#core/http/render_page'
import { confirmAddress } from '../confirm_address.js'
import { countryOptions } from '../countries.js'
import { createAccount } from '../create_account.js'
import { limitTries } from '../limit_tries.js'
import { lookAtLink } from '../access_links.js'
import { sendAccessMail } from '../send_access_mail.js'
import { signupForm } from '../validators/identity_forms.js'

/** Sign-up of a company, and the confirmation of its owner's address */
export default class SignupController {
  async show(ctx: HttpContext) {
    return renderPage(ctx, 'auth/signup', { countries: countryOptions(ctx.i18n.locale) })
  }

  async store(ctx: HttpContext) {
    await limitTries({ key: `signup:${ctx.request.ip()}`, requests: 20, minutes: 60 })
    const form = await ctx.request.validateUsing(signupForm)
    const { owner } = await createAccount({
      company: form.company,
      country: form.country,
      owner: {
        fullName: form.full_name,
        email: form.email,
        password: form.password,
        locale: ctx.i18n.locale,
      },
    })
    await ctx.auth.use('portal').login(owner)
    await this.#mail(ctx, owner)
    return ctx.response.redirect('/confirm')
  }

  /** Says that a mail is on its way, and offers another */
  async pending(ctx: HttpContext) {
    const guard = ctx.auth.use('portal')
    if (!(await guard.check())) return ctx.response.redirect('/signin')
    const user = guard.getUserOrFail()
    if (user.confirmedAt) return ctx.response.redirect('/portal')
    return renderPage(ctx, 'auth/confirm_pending', { email: user.email })
  }

  async again(ctx: HttpContext) {
    const guard = ctx.auth.use('portal')
    if (!(await guard.check())) return ctx.response.redirect('/signin')
    const user = guard.getUserOrFail()
    await limitTries({ key: `confirm:${user.id}`, requests: 5, minutes: 30 })
    await this.#mail(ctx, user)
    return ctx.response.redirect('/confirm')
  }

  /** Looking changes nothing: mail scanners follow links */
  async ask(ctx: HttpContext) {
    const token = String(ctx.params.token)
    await lookAtLink({ purpose: 'confirm_address', token })
    return renderPage(ctx, 'auth/confirm', { token })
  }

  async confirm(ctx: HttpContext) {
    const user = await confirmAddress({ token: String(ctx.params.token) })
    await ctx.auth.use('portal').login(user)
    ctx.session.flash('done', 'identity.done.confirmed')
    return ctx.response.redirect('/portal')
  }

  /** The account exists whether or not the relay answers; the page offers to send again */
  async #mail(
    ctx: HttpContext,
    person: { id: string; email: string; fullName: string; locale: string }
  ) {
    try {
      await sendAccessMail({ purpose: 'confirm_address', guard: 'portal', person })
      ctx.session.flash('done', 'identity.done.mail_sent')
    } catch (error) {
      logger.error({ err: error }, 'the confirmation mail could not be sent')
      ctx.session.flash('problem', 'identity.errors.mail_failed')
    }
  }
}
