import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import '../http_context.js'
import { AccountSuspendedError } from '../errors.js'
import { membershipsOf } from '../memberships.js'
import Account from '../models/account.js'

/** Routes of the portal: somebody is signed in, their address is confirmed, and one of their accounts is chosen */
export default class PortalMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    const guard = ctx.auth.use('portal')
    if (!(await guard.check())) {
      if (ctx.request.method() === 'GET') ctx.session.put('intended', ctx.request.url(true))
      return ctx.response.redirect('/signin')
    }
    const user = guard.getUserOrFail()
    if (!user.confirmedAt) return ctx.response.redirect('/confirm')

    const memberships = await membershipsOf(user.id)
    const chosen =
      memberships.find((one) => one.accountId === ctx.session.get('account_id')) ??
      memberships.at(0)
    if (!chosen) {
      await guard.logout()
      return ctx.response.redirect('/signin')
    }
    const account = await Account.findOrFail(chosen.accountId)
    if (account.status === 'suspended') throw new AccountSuspendedError('The account is suspended')

    ctx.portal = { account, user, role: chosen.role }
    return next()
  }
}
