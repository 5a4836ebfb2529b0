import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import '../http_context.js'
import { askToSignIn } from './ask_to_sign_in.js'
import { AccountSuspendedError } from '../errors.js'
import { membershipsOf } from '../accounts/memberships.js'
import Account from '../models/account.js'

/**
 * Routes of the portal: somebody is signed in, their address is confirmed, and one of their accounts is chosen. The choice is the
 * person's own and is remembered; it is made for them once, and anew only when they were taken out of the account.
 */
export default class PortalMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    const guard = ctx.auth.use('portal')
    if (!(await guard.check())) return askToSignIn(ctx, { page: '/signin', intended: 'intended' })
    const user = guard.getUserOrFail()
    if (!user.confirmedAt) return ctx.response.redirect('/confirm')

    const memberships = await membershipsOf(user.id)
    let chosen = memberships.find((one) => one.accountId === user.chosenAccountId)
    if (!chosen) {
      chosen = memberships.find((one) => one.first)
      if (!chosen) {
        await guard.logout()
        ctx.session.flash('warning', 'identity.errors.no_account')
        return ctx.response.redirect('/signin')
      }
      const left = user.chosenAccountId !== null
      await user.merge({ chosenAccountId: chosen.accountId }).save()
      /** What was typed for the account that the person was taken out of is not stored in another */
      if (left && ctx.request.method() !== 'GET') {
        ctx.session.flash('warning', {
          key: 'identity.errors.other_account',
          data: { account: chosen.accountName },
        })
        return ctx.response.redirect('/portal')
      }
    }
    const account = await Account.findOrFail(chosen.accountId)
    if (account.status === 'suspended') throw new AccountSuspendedError('The account is suspended')

    ctx.portal = { account, user, role: chosen.role }
    return next()
  }
}
