import { errors as authErrors } from '@adonisjs/auth'
import type { HttpContext } from '@adonisjs/core/http'
import { renderPage } from '#core/http/render_page'
import { WrongCredentialsError } from '../errors.js'
import { limitTries } from '../limit_tries.js'
import StaffMember from '../models/staff_member.js'
import { signinForm } from '../validators/identity_forms.js'

/** Sign-in and sign-out of staff: a guard and a page of their own */
export default class AdminSessionController {
  async show(ctx: HttpContext) {
    return renderPage(ctx, 'auth/admin_signin', {})
  }

  async store(ctx: HttpContext) {
    const form = await ctx.request.validateUsing(signinForm)
    await limitTries({ key: `admin:${ctx.request.ip()}`, requests: 30, minutes: 15 })
    await limitTries({ key: `admin:${form.email.toLowerCase()}`, requests: 8, minutes: 15 })
    const staff = await StaffMember.verifyCredentials(
      form.email.toLowerCase(),
      form.password
    ).catch((error: unknown) => {
      if (error instanceof authErrors.E_INVALID_CREDENTIALS)
        throw new WrongCredentialsError('Wrong address or password', { cause: error })
      throw error
    })
    if (staff.disabledAt) throw new WrongCredentialsError('Wrong address or password')
    const intended = ctx.session.pull('intended_admin') as string | undefined
    await ctx.auth.use('admin').login(staff)
    return ctx.response.redirect(intended?.startsWith('/admin') ? intended : '/admin')
  }

  async destroy(ctx: HttpContext) {
    await ctx.auth.use('admin').logout()
    ctx.session.clear()
    return ctx.response.redirect('/admin/signin')
  }
}
