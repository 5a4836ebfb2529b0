import compression from 'compression'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'

/** Bytes below which compressing costs more than it saves */
const SMALL = 1_024

/** Live progress goes out line by line: held back until there is enough to compress, it would not be live */
const compress = compression({
  threshold: SMALL,
  filter: (request, reply) =>
    !String(reply.getHeader('content-type') ?? '').startsWith('text/event-stream') &&
    compression.filter(request, reply),
})

/** Compresses pages with what the browser takes, brotli first (RFC 9110 §12.5.3). Built assets are compressed already */
export default class CompressMiddleware {
  handle({ request, response }: HttpContext, next: NextFn) {
    return new Promise<unknown>((resolve, reject) => {
      compress(request.request as never, response.response as never, (error?: unknown) =>
        error ? reject(error as Error) : resolve(next())
      )
    })
  }
}
