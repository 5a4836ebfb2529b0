import type { IncomingMessage } from 'node:http'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { SECURE_HEADERS } from '#core/http/middleware/secure_headers'
import pluginKernel from '../main.js'
import { receiveWebhook } from './receive_webhook.js'

const MAX_BYTES = 1024 * 1024

/**
 * Answers `/hooks/<plugin>/<name>`, before sessions, CSRF and the body parser: signatures are computed over the bytes
 * as they came.
 */
export default class WebhooksMiddleware {
  async handle({ request, response }: HttpContext, next: NextFn) {
    const match = /^\/hooks\/([a-z][a-z0-9_]{1,30})\/([a-z][a-z0-9_.]{0,40})$/.exec(request.url())
    if (!match?.[1] || !match[2] || !['GET', 'POST'].includes(request.method())) return next()

    for (const [name, value] of Object.entries(SECURE_HEADERS)) response.header(name, value)
    const rawBody = await readBody(request.request)
    if (!rawBody) return response.status(413).send('too big')
    const reply = await receiveWebhook({
      kernel: pluginKernel,
      pluginId: match[1],
      name: match[2],
      request: {
        method: request.method(),
        headers: flat(request.headers()),
        query: flat(request.qs()),
        rawBody,
      },
    })
    if (reply.status === 503) response.header('retry-after', '60')
    return response.status(reply.status).type('text/plain').send(reply.body)
  }
}

/** @returns null when the body has more than a megabyte */
async function readBody(stream: IncomingMessage): Promise<Uint8Array | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_BYTES) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function flat(values: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value ?? ''),
    ])
  )
}
