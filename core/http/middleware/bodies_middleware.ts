import BodyParserMiddleware from '@adonisjs/core/bodyparser_middleware'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'

/** A one-click unsubscription (RFC 8058 §3.1): its body has no meaning, so it is not read, whatever it says it is */
const UNREAD = /^\/u\//

/** Reads the bodies of forms and of programs. A file is read by the route that takes it, once it knows who sends it */
export default class BodiesMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    if (UNREAD.test(ctx.request.url())) return next()
    const parser = await ctx.containerResolver.make(BodyParserMiddleware)
    return parser.handle(ctx, next)
  }
}
