import { allows, authorize } from '../authorize.js'
import type { HttpContext } from '@adonisjs/core/http'
import { rememberLocale } from '#core/http/pages/preferences'
import { renderPage } from '#core/http/pages/render_page'
import { limitTries } from '#core/identity/sessions/limit_tries'
import User from '#core/identity/models/user'
import { renewSession } from '#core/identity/sessions/sessions'
import { verifyPassword } from '#core/identity/sessions/verify_password'
import { readSendingRules } from '../read_sending_rules.js'
import {
  accountForm,
  passwordForm,
  profileForm,
  sendingRulesForm,
} from '../validators/access_forms.js'

/** The account's settings, and those of the person */
export default class PortalSettingsController {
  async show(ctx: HttpContext) {
    const { account, user, role } = ctx.portal
    return renderPage(ctx, 'portal/settings/index', {
      account: {
        name: account.name,
        address: account.address,
        timezone: account.timezone,
        locale: account.locale,
        country: account.country,
        currency: account.currency,
      },
      sending: {
        quiet_from: account.quietFrom?.slice(0, 5) ?? null,
        quiet_until: account.quietUntil?.slice(0, 5) ?? null,
        cap_messages: account.capMessages,
        cap_days: account.capDays,
      },
      person: { fullName: user.fullName, email: user.email, locale: user.locale },
      role,
      zones: Intl.supportedValuesOf('timeZone').map((zone) => ({
        value: zone,
        label: zone.replaceAll('_', ' '),
      })),
      mayManage: allows(ctx, 'account.manage'),
    })
  }

  async account(ctx: HttpContext) {
    await authorize(ctx, 'account.manage')
    const form = await ctx.request.validateUsing(accountForm)
    await ctx.portal.account
      .merge({
        name: form.name,
        address: form.address ?? '',
        timezone: form.timezone,
        locale: form.locale,
      })
      .save()
    ctx.session.flash('done', 'access.settings.account_saved')
    return ctx.response.redirect('/portal/settings')
  }

  /** Rules that hold for every campaign of the account */
  async sending(ctx: HttpContext) {
    await authorize(ctx, 'account.manage')
    const rules = readSendingRules(await ctx.request.validateUsing(sendingRulesForm))
    await ctx.portal.account
      .merge({
        quietFrom: rules.quiet?.from ?? null,
        quietUntil: rules.quiet?.until ?? null,
        capMessages: rules.cap?.messages ?? null,
        capDays: rules.cap?.days ?? null,
      })
      .save()
    ctx.session.flash('done', 'access.settings.sending_saved')
    return ctx.response.redirect('/portal/settings')
  }

  async profile(ctx: HttpContext) {
    const form = await ctx.request.validateUsing(profileForm)
    await ctx.portal.user.merge({ fullName: form.full_name, locale: form.locale }).save()
    rememberLocale(ctx.response, form.locale)
    ctx.session.flash('done', 'access.settings.profile_saved')
    return ctx.response.redirect('/portal/settings')
  }

  async password(ctx: HttpContext) {
    const form = await ctx.request.validateUsing(passwordForm)
    const { user } = ctx.portal
    await limitTries({ key: `password:${user.id}`, requests: 5, minutes: 15 })
    await verifyPassword(() => User.verifyCredentials(user.email, form.current_password))
    await user.merge({ password: form.password }).save()
    await renewSession(ctx, { guard: 'portal', personId: user.id })
    ctx.session.flash('done', 'access.settings.password_saved')
    return ctx.response.redirect('/portal/settings')
  }
}
