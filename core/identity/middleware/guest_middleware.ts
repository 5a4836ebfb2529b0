import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'

/** Pages for people who are not signed in; the others are led where they belong */
export default class GuestMiddleware {
  async handle(ctx: HttpContext, next: NextFn, options: { guard?: 'portal' | 'admin' } = {}) {
    const guard = options.guard ?? 'portal'
    if (await ctx.auth.use(guard).check())
      return ctx.response.redirect(guard === 'admin' ? '/admin' : '/portal')
    return next()
  }
}
