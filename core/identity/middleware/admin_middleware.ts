import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import '../http_context.js'

/** Routes of the admin: a staff member who is not disabled */
export default class AdminMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    const guard = ctx.auth.use('admin')
    if (!(await guard.check())) {
      if (ctx.request.method() === 'GET') ctx.session.put('intended_admin', ctx.request.url(true))
      return ctx.response.redirect('/admin/signin')
    }
    const staff = guard.getUserOrFail()
    if (staff.disabledAt) {
      await guard.logout()
      return ctx.response.redirect('/admin/signin')
    }
    ctx.staff = staff
    return next()
  }
}
