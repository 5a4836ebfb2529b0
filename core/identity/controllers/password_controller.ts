import type { HttpContext } from '@adonisjs/core/http'
import logger from '@adonisjs/core/services/logger'
import { renderPage } from '#core/http/render_page'
import { lookAtLink } from '../access_links.js'
import { limitTries } from '../limit_tries.js'
import StaffMember from '../models/staff_member.js'
import User from '../models/user.js'
import { resetPassword } from '../reset_password.js'
import { sendAccessMail } from '../send_access_mail.js'
import { forgotForm, resetForm } from '../validators/identity_forms.js'

/** A forgotten password, of clients and of staff */
export default class PasswordController {
  async forgot(ctx: HttpContext) {
    return renderPage(ctx, 'auth/forgot', { sent: ctx.request.qs().sent === '1' })
  }

  /** The same answer for a known and an unknown address */
  async send(ctx: HttpContext) {
    await limitTries({ key: `forgot:${ctx.request.ip()}`, requests: 10, minutes: 30 })
    const { email } = await ctx.request.validateUsing(forgotForm)
    const user = await User.findBy('email', email)
    const staff = await StaffMember.findBy('email', email)
    try {
      if (user) await sendAccessMail({ purpose: 'reset_password', guard: 'portal', person: user })
      if (staff && !staff.disabledAt)
        await sendAccessMail({ purpose: 'reset_password', guard: 'admin', person: staff })
    } catch (error) {
      logger.error({ err: error }, 'the reset mail could not be sent')
    }
    return ctx.response.redirect('/password/forgot?sent=1')
  }

  async show(ctx: HttpContext) {
    const token = String(ctx.params.token)
    await lookAtLink({ purpose: 'reset_password', token })
    return renderPage(ctx, 'auth/reset', { token })
  }

  async reset(ctx: HttpContext) {
    const { password } = await ctx.request.validateUsing(resetForm)
    const guard = await resetPassword({ token: String(ctx.params.token), password })
    ctx.session.flash('done', 'identity.done.password')
    return ctx.response.redirect(guard === 'admin' ? '/admin/signin' : '/signin')
  }
}
