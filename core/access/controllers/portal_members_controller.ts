import type { HttpContext } from '@adonisjs/core/http'
import logger from '@adonisjs/core/services/logger'
import { renderPage } from '#core/http/render_page'
import { limitTries } from '#core/identity/limit_tries'
import { can } from '../abilities.js'
import type { Role } from '#core/identity/role'
import { authorize } from '../authorize.js'
import { AlreadyMemberError } from '#core/identity/errors'
import { addMember, changeRole, membersOf, removeMember } from '#core/identity/members'
import { memberForm, roleForm } from '../validators/access_forms.js'

const ROLES: readonly Role[] = ['owner', 'manager', 'reader']

/** The people of an account */
export default class PortalMembersController {
  async index(ctx: HttpContext) {
    const { account, user, role } = ctx.portal
    const members = await membersOf(account.id)
    return renderPage(ctx, 'portal/settings/members', {
      members: members.map((member) => ({
        ...member,
        otherRoles: ROLES.filter((one) => one !== member.role),
      })),
      me: user.id,
      mayManage: can(role, 'members.manage'),
    })
  }

  async store(ctx: HttpContext) {
    authorize(ctx, 'members.manage')
    await limitTries({ key: `invite:${ctx.portal.account.id}`, requests: 30, minutes: 60 })
    const form = await ctx.request.validateUsing(memberForm)
    try {
      const { invited } = await addMember({
        accountId: ctx.portal.account.id,
        email: form.email,
        fullName: form.full_name,
        role: form.role,
        locale: ctx.i18n.locale,
      })
      ctx.session.flash('done', {
        key: invited ? 'access.members.invited' : 'access.members.added',
        data: { email: form.email },
      })
    } catch (error) {
      if (error instanceof AlreadyMemberError) throw error
      logger.error({ err: error }, 'the invitation could not be sent')
      ctx.session.flash('warning', {
        key: 'access.members.mail_failed',
        data: { email: form.email },
      })
    }
    return ctx.response.redirect('/portal/settings/members')
  }

  async update(ctx: HttpContext) {
    authorize(ctx, 'members.manage')
    const { role } = await ctx.request.validateUsing(roleForm)
    await changeRole({ accountId: ctx.portal.account.id, userId: String(ctx.params.id), role })
    ctx.session.flash('done', 'access.members.changed')
    return ctx.response.redirect('/portal/settings/members')
  }

  async destroy(ctx: HttpContext) {
    authorize(ctx, 'members.manage')
    await removeMember({ accountId: ctx.portal.account.id, userId: String(ctx.params.id) })
    ctx.session.flash('done', 'access.members.removed')
    return ctx.response.redirect(
      ctx.params.id === ctx.portal.user.id ? '/portal' : '/portal/settings/members'
    )
  }
}
