import { Drop, type Context, type Liquid } from 'liquidjs'
import { TemplateInvalidError } from '../errors.js'
import { limitsOf, MAX_ITEMS } from './render_steps.js'

/** Characters that cost as much as one item */
const CHARACTERS_A_STEP = 64

type FilterThis = { readonly context: Context }
type Handler = (this: FilterThis, ...args: unknown[]) => unknown

/**
 * Makes each filter of an engine pay for what it is given: an item of a list is a step, as a turn of a loop is. Lists longer than some thousands,
 * nested ones counted through, are refused before a filter walks them and when one makes them.
 */
export function chargeFilters(engine: Liquid): void {
  for (const [name, implementation] of Object.entries(engine.filters)) {
    const raw = typeof implementation === 'function' ? false : (implementation.raw ?? false)
    const work = (
      typeof implementation === 'function' ? implementation : implementation.handler
    ) as Handler
    const handler = function (this: FilterThis, ...args: unknown[]): unknown {
      const { steps, memory } = limitsOf(this.context)
      steps.charge(1 + args.reduce((sum: number, value) => sum + costOf(value), 0))
      memory.inFilter = true
      try {
        const made = work.apply(this, args)
        if (Array.isArray(made)) costOf(made)
        return made
      } finally {
        memory.inFilter = false
      }
    }
    engine.filters[name] = (raw ? { handler, raw } : handler) as never
  }
}

/**
 * Steps that walking a value takes.
 * @throws TemplateInvalidError when it has too many items
 */
export function costOf(value: unknown): number {
  if (typeof value === 'string') return Math.ceil(value.length / CHARACTERS_A_STEP)
  if (typeof value !== 'object' || value === null) return 0
  let items = 0
  const waiting: unknown[] = [value]
  while (waiting.length > 0) {
    const one = waiting.pop()
    if (typeof one !== 'object' || one === null || one instanceof Drop || one instanceof Date)
      continue
    const inside = Array.isArray(one) ? one : Object.values(one)
    items += inside.length
    if (items > MAX_ITEMS)
      throw new TemplateInvalidError({
        reason: 'list_too_long',
        line: null,
        detail: String(MAX_ITEMS),
      })
    for (const item of inside) if (typeof item === 'object') waiting.push(item)
  }
  return items
}
