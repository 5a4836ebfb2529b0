import { Template, type Edge } from 'edge.js'
import type { CompiledTemplate } from 'edge.js/types'
import { isSafeHtml } from '#core/http/pages/safe_html'
import { E_THEME_BUDGET, E_THEME_VALUE } from './errors.js'
import { Weights } from './weights.js'

/** A page of 3 million characters is not a page; the longest of ours has 200,000 */
export const MAX_OUTPUT = 3_000_000

/** Turns of `@each` in one page; a full table makes about 400 */
export const MAX_TURNS = 100_000

/** Values and characters that a template may have made into one: a page of ours has at most some thousands */
export const MAX_WEIGHT = 2_000_000

/** Milliseconds that a page may take. Ours take five */
export const MAX_MS = 2_000

/** Compiled partials, by path and the local variables they see */
export type PartialCache = Map<string, CompiledTemplate>

/**
 * One rendering of a page, with a budget. Edge gives every template its `Template`, so this is where what it prints can
 * be counted while it is being printed.
 */
export class ThemeTemplate extends Template {
  #printed = 0
  #turns = 0
  #weights = new Weights()
  #begun = performance.now()
  #partials: PartialCache | null

  /**
   * @param state - helpers and page facts that every template and component sees
   * @param partials - where compiled partials are kept; null compiles them every time
   */
  constructor(edge: Edge, state: object, partials: PartialCache | null) {
    super(edge.asyncCompiler, {}, state, edge.processor)
    this.#partials = partials
  }

  /** Counts what is printed before it grows the page. A list or an object is printed by its parts, a function never */
  override escape(input: unknown): string {
    const value = input ?? ''
    if (typeof value === 'function' || (typeof value === 'object' && !isPrintable(value)))
      throw new E_THEME_VALUE([Array.isArray(value) ? 'a list' : `a ${typeof value}`])
    if (typeof value === 'string') this.#spend(value.length)
    const text = super.escape(value)
    if (typeof value !== 'string') this.#spend(text.length)
    return text
  }

  /** A value that a template made, unless it is heavier than any page needs */
  weighed<Value>(value: Value): Value {
    if (this.#weights.of(value) > MAX_WEIGHT) throw new E_THEME_BUDGET(['a value', MAX_WEIGHT])
    return value
  }

  /** What a component is given was put together by whoever uses it */
  override getComponentState(
    ...[props, slots, caller]: Parameters<Template['getComponentState']>
  ): ReturnType<Template['getComponentState']> {
    return super.getComponentState(this.weighed(props), slots, caller)
  }

  /** Called at each turn of `@each` with the length of the text inside the loop */
  turn(length: number): string {
    this.#turns += 1
    if (this.#turns > MAX_TURNS) {
      throw new E_THEME_BUDGET(['the number of loops', MAX_TURNS])
    }
    this.#spend(length)
    return ''
  }

  /** Edge compiles an `@include` anew each time it is met; a page of ours includes the same icon thirty times */
  override compilePartial(path: string, ...variables: string[]): CompiledTemplate {
    const key = [path, ...variables].join(' ')
    const compiled = this.#partials?.get(key) ?? super.compilePartial(path, ...variables)
    this.#partials?.set(key, compiled)
    return compiled
  }

  /** Keeps our codes, which Edge would replace by its own */
  override reThrow(error: Error & { code?: string }, file: string, line: number): never {
    if (error.code?.startsWith('E_THEME_')) {
      throw error
    }
    return super.reThrow(error, file, line)
  }

  #spend(length: number): void {
    if (performance.now() - this.#begun > MAX_MS) throw new E_THEME_BUDGET(['its time', MAX_MS])
    this.#printed += length
    if (this.#printed > MAX_OUTPUT) {
      throw new E_THEME_BUDGET(['its length', MAX_OUTPUT])
    }
  }
}

function isPrintable(value: object): boolean {
  return isSafeHtml(value) || value instanceof Date
}
