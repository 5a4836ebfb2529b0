import { Exception } from '@adonisjs/core/exceptions'

type Translation = { key: string; data?: Record<string, unknown> }

/** A template that cannot be compiled or rendered; nothing was saved */
export class TemplateInvalidError extends Exception {
  static override status = 422
  static override code = 'E_TEMPLATE_INVALID'
  translation: Translation
  field = 'source'

  constructor(o: { line: number | null; detail: string; cause?: unknown }) {
    super(`The template cannot be used${o.line ? `, line ${o.line}` : ''}: ${o.detail}`, {
      cause: o.cause,
    })
    this.translation = {
      key: o.line ? 'content.errors.invalid_line' : 'content.errors.invalid',
      data: { line: o.line, detail: o.detail },
    }
  }
}

/** A template that does not exist, or belongs to another account: the same answer */
export class TemplateNotFoundError extends Exception {
  static override status = 404
  static override code = 'E_TEMPLATE_NOT_FOUND'
}
