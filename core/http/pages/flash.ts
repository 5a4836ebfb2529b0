import type { HttpContext } from '@adonisjs/core/http'
import { KEPT_INPUT } from '../forms/keep_input.js'
import type { Translate } from './view_helpers.js'

/** A sentence about what was just done */
export type FlashMessage = {
  readonly tone: 'success' | 'info' | 'warning' | 'danger'
  readonly text: string
}

/** `ctx.session.flash(name, …)` and the tone it is shown in */
const TONES = { done: 'success', notice: 'info', warning: 'warning', problem: 'danger' } as const

/** A translation key, or a key with its data */
export type FlashValue = string | { readonly key: string; readonly data?: Record<string, unknown> }

/** What a form that came back brings with it */
export type ReturnedForm = {
  readonly errors: Readonly<Record<string, readonly string[]>>
  readonly old: Readonly<Record<string, unknown>>
}

/**
 * The messages flashed by the request before, in the language of this one.
 */
export function flashMessages(ctx: HttpContext, t: Translate): FlashMessage[] {
  const store = ctx.session?.flashMessages
  if (!store) return []

  return Object.entries(TONES).flatMap(([name, tone]) => {
    const value: unknown = store.get(name)
    const values = Array.isArray(value) ? value : [value]
    return values.filter(isFlashValue).map((item) => ({
      tone,
      text: typeof item === 'string' ? t(item) : t(item.key, item.data ?? {}),
    }))
  })
}

/** The errors by field and what was typed, when the request before was a refused form */
export function returnedForm(ctx: HttpContext): ReturnedForm {
  const store = ctx.session?.flashMessages
  return {
    errors: record<readonly string[]>(store?.get('inputErrorsBag')),
    old: record<unknown>(store?.get(KEPT_INPUT)),
  }
}

function isFlashValue(value: unknown): value is Exclude<FlashValue, undefined> {
  if (typeof value === 'string') return value !== ''
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { key?: unknown }).key === 'string'
  )
}

function record<T>(value: unknown): Readonly<Record<string, T>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, T>) : {}
}
