import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import '../http_context.js'
import { askToSignIn } from './ask_to_sign_in.js'

/** Routes of the admin: a staff member who is not disabled */
export default class AdminMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    const guard = ctx.auth.use('admin')
    if (!(await guard.check()))
      return askToSignIn(ctx, { page: '/admin/signin', intended: 'intended_admin' })
    const staff = guard.getUserOrFail()
    if (staff.disabledAt) {
      await guard.logout()
      return ctx.response.redirect('/admin/signin')
    }
    ctx.staff = staff
    return next()
  }
}
