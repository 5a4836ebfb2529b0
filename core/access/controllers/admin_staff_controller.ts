import { allows, authorize } from '../authorize.js'
import type { HttpContext } from '@adonisjs/core/http'
import { renderPage } from '#core/http/pages/render_page'
import { createStaffMember } from '#core/identity/accounts/create_staff_member'
import StaffMember from '#core/identity/models/staff_member'
import { changeStaffMember } from '../staff_members.js'
import { staffForm, staffRoleForm } from '../validators/access_forms.js'

/** People of the operator */
export default class AdminStaffController {
  async index(ctx: HttpContext) {
    const staff = await StaffMember.query().orderBy('full_name').orderBy('id')
    return renderPage(ctx, 'admin/staff/index', {
      staff: staff.map((one) => ({
        id: one.id,
        name: one.fullName,
        email: one.email,
        role: one.role,
        disabled: one.disabledAt !== null,
        createdAt: one.createdAt.toJSDate(),
      })),
      me: ctx.staff.id,
      mayManage: allows(ctx, 'staff.manage'),
    })
  }

  async new(ctx: HttpContext) {
    await authorize(ctx, 'staff.manage')
    return renderPage(ctx, 'admin/staff/new', {})
  }

  async store(ctx: HttpContext) {
    await authorize(ctx, 'staff.manage')
    const form = await ctx.request.validateUsing(staffForm)
    await createStaffMember({
      fullName: form.full_name,
      email: form.email,
      password: form.password,
      role: form.role,
      locale: ctx.i18n.locale,
    })
    ctx.session.flash('done', { key: 'access.staff.added', data: { name: form.full_name } })
    return ctx.response.redirect('/admin/staff')
  }

  async update(ctx: HttpContext) {
    await authorize(ctx, 'staff.manage')
    const { role } = await ctx.request.validateUsing(staffRoleForm)
    await changeStaffMember({
      id: String(ctx.params.id),
      role,
      except: ctx.session.sessionId,
      now: ctx.now,
    })
    ctx.session.flash('done', 'access.staff.changed')
    return ctx.response.redirect('/admin/staff')
  }

  async disable(ctx: HttpContext) {
    await authorize(ctx, 'staff.manage')
    await changeStaffMember({
      id: String(ctx.params.id),
      disabled: true,
      except: ctx.session.sessionId,
      now: ctx.now,
    })
    ctx.session.flash('done', 'access.staff.disabled')
    return ctx.response.redirect('/admin/staff')
  }

  async enable(ctx: HttpContext) {
    await authorize(ctx, 'staff.manage')
    await changeStaffMember({ id: String(ctx.params.id), disabled: false, now: ctx.now })
    ctx.session.flash('done', 'access.staff.enabled')
    return ctx.response.redirect('/admin/staff')
  }
}
