import type { HttpContext } from '@adonisjs/core/http'
import { errors } from '@vinejs/vine'
import { TemplateChangedError, TemplateInvalidError } from '../errors.js'

export type TemplateProblemShown = {
  readonly status: number
  /** Sentence by field of the form */
  readonly fields: Readonly<Record<string, string>>
  /** Somebody else saved meanwhile: there is a choice to make */
  readonly changed: boolean
}

/** What a template's form says of an error; null for what is no matter of the form */
export function problemOf(ctx: HttpContext, error: unknown): TemplateProblemShown | null {
  if (error instanceof errors.E_VALIDATION_ERROR) {
    const messages = error.messages as { field: string; message: string }[]
    return {
      status: 422,
      fields: Object.fromEntries(messages.map(({ field, message }) => [field, message])),
      changed: false,
    }
  }
  if (!(error instanceof TemplateInvalidError) && !(error instanceof TemplateChangedError))
    return null
  const { key, data } = error.translation
  return {
    status: error.status,
    fields: { [error.field]: ctx.i18n.t(key, data as Record<string, string>) },
    changed: error instanceof TemplateChangedError,
  }
}
