import type { TemplateRefusal } from '../errors.js'

export type ThreadTask = {
  /** Address of the module whose function does the work */
  readonly module: string
  readonly name: string
  readonly input: unknown
  /** Name of what is kept for the next task, and the thing itself when the thread does not have it */
  readonly sharedKey: string | null
  readonly shared?: unknown
}

export type ThreadAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly refusal: TemplateRefusal }
  | { readonly ok: false; readonly message: string }
