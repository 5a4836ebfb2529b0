import { Bouncer } from '@adonisjs/bouncer'
import type { HttpContext } from '@adonisjs/core/http'
import '#core/identity/http_context'
import { hasRight, may, type Asker, type Permission } from './abilities.js'
import { NotAllowedError } from './errors.js'

/** Who asks in a request that has passed the middleware of its face */
export function askerOf(ctx: HttpContext): Asker {
  return ctx.staff
    ? { face: 'admin', role: ctx.staff.role }
    : { face: 'portal', role: ctx.portal.role }
}

/**
 * Stops a request of somebody whose role does not allow it.
 *
 * @throws NotAllowedError
 */
export async function authorize(ctx: HttpContext, permission: Permission): Promise<void> {
  const asker = askerOf(ctx)
  if (await new Bouncer(asker).denies(may, permission))
    throw new NotAllowedError({ asker, permission })
}

/** Whether somebody may, for a page that leaves out what they may not press */
export function allows(ctx: HttpContext, permission: Permission): boolean {
  return hasRight(askerOf(ctx), permission)
}
