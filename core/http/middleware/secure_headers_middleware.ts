import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { SECURE_HEADERS } from './secure_headers.js'

/**
 * Puts the headers on every answer, before anything can answer; a page's own policy replaces the strict one. They go to the answer of
 * Node itself, where the page's policy is written too: the framework's own list is copied over that at the end, and would win.
 */
export default class SecureHeadersMiddleware {
  handle({ response }: HttpContext, next: NextFn) {
    for (const [name, value] of Object.entries(SECURE_HEADERS))
      response.response.setHeader(name, value)
    return next()
  }
}
