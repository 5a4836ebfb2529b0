import { allows, authorize } from '../authorize.js'
import type { HttpContext } from '@adonisjs/core/http'
import logger from '@adonisjs/core/services/logger'
import { renderPage } from '#core/http/pages/render_page'
import { limitTries } from '#core/identity/sessions/limit_tries'
import type { Role } from '#core/identity/accounts/role'
import { AlreadyMemberError, MemberUnknownError } from '#core/identity/errors'
import { invite, openInvitations, withdrawInvitation } from '#core/identity/accounts/invitations'
import { changeRole, membersOf, removeMember } from '#core/identity/accounts/members'
import { memberForm, roleForm } from '../validators/access_forms.js'

const ROLES: readonly Role[] = ['owner', 'manager', 'reader']

/** The people of an account */
export default class PortalMembersController {
  async index(ctx: HttpContext) {
    const { account, user } = ctx.portal
    const [members, invitations] = await Promise.all([
      membersOf(account.id),
      openInvitations(account.id),
    ])
    const now = ctx.now
    return renderPage(ctx, 'portal/settings/members', {
      members: members.map((member) => ({
        ...member,
        otherRoles: ROLES.filter((one) => one !== member.role),
      })),
      invitations: invitations.map((one) => ({ ...one, tooOld: one.expiresAt <= now })),
      me: user.id,
      mayManage: allows(ctx, 'members.manage'),
    })
  }

  async store(ctx: HttpContext) {
    await authorize(ctx, 'members.manage')
    await limitTries({ key: `invite:${ctx.portal.account.id}`, requests: 30, minutes: 60 })
    const form = await ctx.request.validateUsing(memberForm)
    await this.#invite(ctx, form)
    return ctx.response.redirect('/portal/settings/members')
  }

  async update(ctx: HttpContext) {
    await authorize(ctx, 'members.manage')
    const accountId = ctx.portal.account.id
    const userId = String(ctx.params.id)
    const members = await membersOf(accountId)
    if (!members.some(({ id }) => id === userId)) throw new MemberUnknownError('No such member')
    const { role } = await ctx.request.validateUsing(roleForm)
    await changeRole({
      accountId,
      userId,
      role,
      except: ctx.session.sessionId,
    })
    ctx.session.flash('done', 'access.members.changed')
    return ctx.response.redirect('/portal/settings/members')
  }

  async destroy(ctx: HttpContext) {
    await authorize(ctx, 'members.manage')
    await removeMember({
      accountId: ctx.portal.account.id,
      userId: String(ctx.params.id),
      except: ctx.session.sessionId,
    })
    ctx.session.flash('done', 'access.members.removed')
    return ctx.response.redirect(
      ctx.params.id === ctx.portal.user.id ? '/portal' : '/portal/settings/members'
    )
  }

  /** Sends an open invitation once more, with a new link */
  async again(ctx: HttpContext) {
    await authorize(ctx, 'members.manage')
    await limitTries({ key: `invite:${ctx.portal.account.id}`, requests: 30, minutes: 60 })
    const open = await openInvitations(ctx.portal.account.id)
    const one = open.find(({ id }) => id === ctx.params.id)
    if (!one) throw new MemberUnknownError('No such invitation')
    await this.#invite(ctx, { email: one.email, full_name: one.name, role: one.role })
    return ctx.response.redirect('/portal/settings/members')
  }

  async withdraw(ctx: HttpContext) {
    await authorize(ctx, 'members.manage')
    await withdrawInvitation({ accountId: ctx.portal.account.id, id: String(ctx.params.id) })
    ctx.session.flash('done', 'access.members.withdrawn')
    return ctx.response.redirect('/portal/settings/members')
  }

  /** The answer is the same for an address that has a user and for one that has none */
  async #invite(ctx: HttpContext, form: { email: string; full_name: string; role: Role }) {
    const { account, user } = ctx.portal
    try {
      await invite({
        account,
        by: user,
        email: form.email,
        fullName: form.full_name,
        role: form.role,
        locale: ctx.i18n.locale,
        now: ctx.now,
      })
      ctx.session.flash('done', { key: 'access.members.invited', data: { email: form.email } })
    } catch (error) {
      if (error instanceof AlreadyMemberError) throw error
      logger.error({ err: error }, 'the invitation could not be sent')
      ctx.session.flash('warning', {
        key: 'access.members.mail_failed',
        data: { email: form.email },
      })
    }
  }
}
