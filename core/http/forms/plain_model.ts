import { isSafeHtml } from '../pages/safe_html.js'
import { E_PAGE_MODEL } from '../errors.js'

/** Deeper than any page needs; also what stops an object that holds itself */
const MAX_DEPTH = 24

/**
 * Copies a model into frozen plain data, or refuses it. A template then holds nothing that leads anywhere: no model, no
 * context, no function, and nothing it could change for the next page.
 *
 * @throws E_PAGE_MODEL with the path of the value
 */
export function plainModel<T extends object>(model: T): Readonly<T> {
  return copy(model, 'model', 0) as Readonly<T>
}

function copy(value: unknown, path: string, depth: number): unknown {
  if (value === null || typeof value !== 'object') {
    if (typeof value === 'function' || typeof value === 'symbol') {
      throw new E_PAGE_MODEL([path, typeof value])
    }
    return value
  }
  if (depth > MAX_DEPTH) {
    throw new E_PAGE_MODEL([path, 'structure deeper than a page needs'])
  }
  if (isSafeHtml(value)) {
    return value
  }
  if (value instanceof Date) {
    return Object.freeze(new Date(value))
  }
  if (Array.isArray(value)) {
    return Object.freeze(value.map((item, index) => copy(item, `${path}[${index}]`, depth + 1)))
  }

  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) {
    throw new E_PAGE_MODEL([path, value.constructor?.name ?? 'object'])
  }

  const entries = Object.entries(value).map(([key, item]) => [
    key,
    copy(item, `${path}.${key}`, depth + 1),
  ])
  return Object.freeze(Object.fromEntries(entries))
}
