import type { HttpContext } from '@adonisjs/core/http'
import { can, type Permission } from './abilities.js'
import { NotAllowedError } from './errors.js'

/**
 * Stops a request of somebody whose role in the account does not allow it.
 *
 * @throws NotAllowedError
 */
export function authorize(ctx: HttpContext, permission: Permission): void {
  if (!can(ctx.portal.role, permission))
    throw new NotAllowedError(`The role ${ctx.portal.role} has no right to ${permission}`)
}
