import SessionMiddleware from '@adonisjs/session/session_middleware'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'

/** Addresses that nobody is signed in at: machines that ask for health, and links in messages */
const NOBODY = /^\/(health|metrics|u|w|y|c|o|b)(\/|$)/

/** Gives requests a session. Those of nobody have one that is not kept: no row and no cookie */
export default class SessionsMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    const sessions = await ctx.containerResolver.make(SessionMiddleware)
    if (!NOBODY.test(ctx.request.url())) return sessions.handle(ctx, next)
    return sessions.handle(ctx, () => {
      ctx.session.commit = () => Promise.resolve()
      return next()
    })
  }
}
