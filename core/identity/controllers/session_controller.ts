import type { HttpContext } from '@adonisjs/core/http'
import { giveFormBack } from '#core/http/forms/keep_input'
import { renderPage } from '#core/http/pages/render_page'
import { limitSignin } from '../sessions/limit_signin.js'
import { membershipsOf } from '../accounts/memberships.js'
import User from '../models/user.js'
import { beginSession } from '../sessions/sessions.js'
import { verifyPassword } from '../sessions/verify_password.js'
import { signinForm, switchForm } from '../validators/identity_forms.js'

/** Sign-in and sign-out of the portal, and the choice of an account */
export default class SessionController {
  async show(ctx: HttpContext) {
    return renderPage(ctx, 'auth/signin', {})
  }

  async store(ctx: HttpContext) {
    const form = await ctx.request.validateUsing(signinForm)
    const email = form.email.toLowerCase()
    const user = await limitSignin({
      guard: 'portal',
      email,
      ip: ctx.request.ip(),
      tried: () => verifyPassword(() => User.verifyCredentials(email, form.password)),
    })
    const intended = ctx.session.pull('intended') as string | undefined
    await beginSession(ctx, { guard: 'portal', who: user })
    if (giveFormBack(ctx)) ctx.session.flash('notice', 'identity.done.form_back')
    return ctx.response.redirect(
      intended && /^\/(portal|invitations)(\/|$)/.test(intended) ? intended : '/portal'
    )
  }

  async destroy(ctx: HttpContext) {
    await ctx.auth.use('portal').logout()
    ctx.session.clear()
    return ctx.response.redirect('/')
  }

  /** An account that is not theirs changes nothing */
  async switch(ctx: HttpContext) {
    const { account } = await ctx.request.validateUsing(switchForm)
    const mine = await membershipsOf(ctx.portal.user.id)
    if (mine.some((one) => one.accountId === account))
      await ctx.portal.user.merge({ chosenAccountId: account }).save()
    return ctx.response.redirect('/portal')
  }
}
