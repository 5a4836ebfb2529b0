import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { SECURE_HEADERS } from './secure_headers.js'

/** Puts the headers on every answer, before anything can answer; a page's own policy replaces the strict one */
export default class SecureHeadersMiddleware {
  handle({ response }: HttpContext, next: NextFn) {
    for (const [name, value] of Object.entries(SECURE_HEADERS)) response.header(name, value)
    return next()
  }
}
