import { fileURLToPath } from 'node:url'
import sirv from 'sirv'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import app from '@adonisjs/core/services/app'

/** Seconds for which a browser keeps a built file: its name changes when it does */
const YEAR = 31_536_000

/**
 * Serves what the build put under `/assets/`: the compressed file beside it where the browser takes that, for ever, without a session.
 * What is not there is a short 404. In development the files come from Vite.
 */
export default class StaticFilesMiddleware {
  #serve: ReturnType<typeof sirv> | null = null

  async handle(ctx: HttpContext, next: NextFn) {
    const { request, response } = ctx
    if (!request.url().startsWith('/assets/')) return next()
    if (!['GET', 'HEAD'].includes(request.method())) return next()
    this.#serve ??= sirv(fileURLToPath(new URL('public/', app.appRoot)), {
      brotli: true,
      gzip: true,
      etag: true,
      dotfiles: false,
      dev: !app.inProduction,
      setHeaders: (reply) => {
        reply.setHeader('cache-control', `public, max-age=${YEAR}, immutable`)
        reply.setHeader('vary', 'Accept-Encoding')
      },
    })
    const served = await new Promise<boolean>((resolve) => {
      response.response.once('close', () => resolve(true))
      this.#serve?.(request.request, response.response, () => resolve(false))
    })
    if (!served) response.status(404).type('text/plain').send('not found')
  }
}
