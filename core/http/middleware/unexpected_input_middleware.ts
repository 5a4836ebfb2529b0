import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { InputUnreadableError } from '../errors.js'

/**
 * Refuses what no person types and Postgres cannot keep, for every route at once: control characters in the path, in a query, in a
 * field's name or value. Tab and line ends are text. What was typed besides is kept for the form.
 */
export default class UnexpectedInputMiddleware {
  handle({ request, params }: HttpContext, next: NextFn) {
    const body = request.body()
    if (holdsControl(request.qs()) || holdsControl(params) || holdsControl(body)) {
      request.updateBody(withoutControl(body) as Record<string, unknown>)
      request.updateQs({})
      throw new InputUnreadableError()
    }
    return next()
  }
}

/** C0 controls but tab, line feed and carriage return, and DEL */

const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g
/** Deeper than any form of ours: what is nested further is refused unread */
const DEEPEST = 12

function holdsControl(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return value.search(CONTROL) >= 0
  if (typeof value !== 'object' || value === null) return false
  if (depth > DEEPEST) return true
  return Object.entries(value).some(
    ([key, part]) => key.search(CONTROL) >= 0 || holdsControl(part, depth + 1)
  )
}

function withoutControl(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return value.replace(CONTROL, '')
  if (typeof value !== 'object' || value === null) return value
  if (depth > DEEPEST) return null
  if (Array.isArray(value)) return value.map((part) => withoutControl(part, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key.replace(CONTROL, ''),
      withoutControl(part, depth + 1),
    ])
  )
}
