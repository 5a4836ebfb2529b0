import type { HttpContext } from '@adonisjs/core/http'
import { giveFormBack } from '#core/http/forms/keep_input'
import { renderPage } from '#core/http/pages/render_page'
import { WrongCredentialsError } from '../errors.js'
import { limitSignin } from '../sessions/limit_signin.js'
import StaffMember from '../models/staff_member.js'
import { beginSession } from '../sessions/sessions.js'
import { verifyPassword } from '../sessions/verify_password.js'
import { signinForm } from '../validators/identity_forms.js'

/** Sign-in and sign-out of staff: a guard and a page of their own */
export default class AdminSessionController {
  async show(ctx: HttpContext) {
    return renderPage(ctx, 'admin/signin', {})
  }

  async store(ctx: HttpContext) {
    const form = await ctx.request.validateUsing(signinForm)
    const email = form.email.toLowerCase()
    const staff = await limitSignin({
      guard: 'admin',
      email,
      ip: ctx.request.ip(),
      tried: async () => {
        const found = await verifyPassword(() =>
          StaffMember.verifyCredentials(email, form.password)
        )
        if (found.disabledAt) throw new WrongCredentialsError('Wrong address or password')
        return found
      },
    })
    const intended = ctx.session.pull('intended_admin') as string | undefined
    await beginSession(ctx, { guard: 'admin', who: staff })
    if (giveFormBack(ctx)) ctx.session.flash('notice', 'identity.done.form_back')
    return ctx.response.redirect(intended?.startsWith('/admin') ? intended : '/admin')
  }

  async destroy(ctx: HttpContext) {
    await ctx.auth.use('admin').logout()
    ctx.session.clear()
    return ctx.response.redirect('/admin/signin')
  }
}
