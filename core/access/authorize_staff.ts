import type { HttpContext } from '@adonisjs/core/http'
import { StaffNotAllowedError } from './errors.js'

export type StaffPermission = 'staff.manage' | 'clients.suspend' | 'engine.operate'

/** Rights of the two roles of the operator; everybody of the staff may look */
const RIGHTS: Readonly<Record<'admin' | 'support', ReadonlySet<StaffPermission>>> = {
  admin: new Set(['staff.manage', 'clients.suspend', 'engine.operate']),
  support: new Set(),
}

export function staffCan(role: 'admin' | 'support', permission: StaffPermission): boolean {
  return RIGHTS[role].has(permission)
}

/**
 * Stops a request of a staff member whose role does not allow it.
 *
 * @throws StaffNotAllowedError
 */
export function authorizeStaff(ctx: HttpContext, permission: StaffPermission): void {
  if (!staffCan(ctx.staff.role, permission))
    throw new StaffNotAllowedError(`The role ${ctx.staff.role} has no right to ${permission}`)
}
