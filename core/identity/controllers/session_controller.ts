import { errors as authErrors } from '@adonisjs/auth'
import type { HttpContext } from '@adonisjs/core/http'
import { renderPage } from '#core/http/render_page'
import { WrongCredentialsError } from '../errors.js'
import { limitTries } from '../limit_tries.js'
import { membershipsOf } from '../memberships.js'
import User from '../models/user.js'
import { signinForm, switchForm } from '../validators/identity_forms.js'

/** Sign-in and sign-out of the portal, and the choice of an account */
export default class SessionController {
  async show(ctx: HttpContext) {
    return renderPage(ctx, 'auth/signin', {})
  }

  async store(ctx: HttpContext) {
    const form = await ctx.request.validateUsing(signinForm)
    await limitTries({ key: `signin:${ctx.request.ip()}`, requests: 60, minutes: 15 })
    await limitTries({ key: `signin:${form.email.toLowerCase()}`, requests: 10, minutes: 15 })
    const user = await User.verifyCredentials(form.email.toLowerCase(), form.password).catch(
      (error: unknown) => {
        if (error instanceof authErrors.E_INVALID_CREDENTIALS)
          throw new WrongCredentialsError('Wrong address or password', { cause: error })
        throw error
      }
    )
    const intended = ctx.session.pull('intended') as string | undefined
    await ctx.auth.use('portal').login(user)
    return ctx.response.redirect(intended?.startsWith('/portal') ? intended : '/portal')
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
    if (mine.some((one) => one.accountId === account)) ctx.session.put('account_id', account)
    return ctx.response.redirect('/portal')
  }
}
