import BodyParserMiddleware from '@adonisjs/core/bodyparser_middleware'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { UploadRefusedError } from './errors.js'
import { UPLOAD_PATH } from './uploads.js'

/** A one-click unsubscription (RFC 8058 §3.1): its body has no meaning, so it is not read, whatever it says it is */
const UNREAD = /^\/u\//

/**
 * Reads bodies where a route takes one. Files are refused before a byte of them is read, but at the one address that takes them, which
 * reads them itself once it knows who sends them.
 */
export default class BodiesMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    const { request } = ctx
    if (UNREAD.test(request.url())) {
      closeUnread(ctx)
      return next()
    }
    const isMultipart = request.header('content-type')?.toLowerCase().startsWith('multipart/')
    if (isMultipart && request.url() !== UPLOAD_PATH) {
      closeUnread(ctx)
      throw new UploadRefusedError()
    }
    if (isMultipart) closeWhenRefused(ctx)
    const parser = await ctx.containerResolver.make(BodyParserMiddleware)
    return parser.handle(ctx, next)
  }
}

/** What is still on its way is not waited for: the connection ends with the answer */
function closeUnread({ request, response }: HttpContext): void {
  if (!request.hasBody()) return
  response.header('connection', 'close')
  response.onFinish(() => request.request.destroy())
}

function closeWhenRefused(ctx: HttpContext): void {
  ctx.response.onFinish(() => {
    if (!ctx.request.request.complete) ctx.request.request.destroy()
  })
}
