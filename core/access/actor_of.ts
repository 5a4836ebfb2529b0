import type { HttpContext } from '@adonisjs/core/http'
import type { Actor } from '#core/database/actor'
import '#core/identity/http_context'

/** Who does what a request asks for, as histories and ledgers name them */
export function actorOf(ctx: HttpContext): Actor {
  const [kind, person] = ctx.staff
    ? (['staff', ctx.staff] as const)
    : (['user', ctx.portal.user] as const)
  return { kind, id: person.id, name: person.fullName }
}
