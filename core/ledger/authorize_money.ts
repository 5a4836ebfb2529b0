import type { HttpContext } from '@adonisjs/core/http'
import { StaffNotAllowedError } from '#core/access/errors'

/** Whether a staff member may give credit and change prices: administrators, not the support */
export function mayMoveMoney(ctx: HttpContext): boolean {
  return ctx.staff.role === 'admin'
}

/**
 * Stops a request that moves money or changes prices by a staff member whose role does not allow it.
 *
 * @throws StaffNotAllowedError
 */
export function authorizeMoney(ctx: HttpContext): void {
  if (!mayMoveMoney(ctx))
    throw new StaffNotAllowedError(`The role ${ctx.staff.role} may not move money`)
}
