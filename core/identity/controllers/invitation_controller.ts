import type { HttpContext } from '@adonisjs/core/http'
import { renderPage } from '#core/http/pages/render_page'
import { orLinkUsed } from './link_used.js'
import { InvitationElsewhereError } from '../errors.js'
import { acceptInvitation, hasUser, lookAtInvitation } from '../accounts/invitations.js'
import { limitTries } from '../sessions/limit_tries.js'
import { beginSession } from '../sessions/sessions.js'
import { acceptForm } from '../validators/identity_forms.js'

/** Accepting an invitation into an account. Looking changes nothing: mail scanners follow links */
export default class InvitationController {
  async show(ctx: HttpContext) {
    return orLinkUsed(ctx, { next: 'signin' }, async () => {
      await limitTries({ key: `invitation:${ctx.request.ip()}`, requests: 60, minutes: 30 })
      const token = String(ctx.params.token)
      const invitation = await lookAtInvitation({ token, now: ctx.now })
      const guard = ctx.auth.use('portal')
      const signedIn = (await guard.check()) ? guard.getUserOrFail() : null
      const known = await hasUser(invitation)
      /** Who has to sign in comes back here */
      if (known && !signedIn) ctx.session.put('intended', `/invitations/${token}`)
      return renderPage(ctx, 'auth/invitation', {
        token,
        invitation: {
          account: invitation.accountName,
          by: invitation.by,
          email: invitation.email,
          fullName: invitation.fullName,
          role: invitation.role,
        },
        /** What the page offers: accept, sign in first, choose a password, or sign out because it is for somebody else */
        step: signedIn
          ? signedIn.email === invitation.email
            ? 'accept'
            : 'elsewhere'
          : known
            ? 'sign_in'
            : 'join',
        signedInAs: signedIn?.email ?? null,
      })
    })
  }

  async accept(ctx: HttpContext) {
    return orLinkUsed(ctx, { next: 'signin' }, async () => {
      await limitTries({ key: `invitation:${ctx.request.ip()}`, requests: 60, minutes: 30 })
      const token = String(ctx.params.token)
      const now = ctx.now
      const guard = ctx.auth.use('portal')
      const signedIn = (await guard.check()) ? guard.getUserOrFail() : null
      const invitation = await lookAtInvitation({ token, now })
      if (!signedIn && (await hasUser(invitation)))
        throw new InvitationElsewhereError(invitation.email)
      const form = signedIn ? null : await ctx.request.validateUsing(acceptForm)
      const user = await acceptInvitation({
        token,
        as: signedIn,
        person: form && {
          fullName: form.full_name,
          password: form.password,
          locale: ctx.i18n.locale,
        },
        now,
      })
      if (!signedIn) await beginSession(ctx, { guard: 'portal', who: user })
      ctx.session.flash('done', {
        key: 'identity.done.joined',
        data: { account: invitation.accountName },
      })
      return ctx.response.redirect('/portal')
    })
  }
}
