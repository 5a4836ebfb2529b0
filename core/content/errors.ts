import { KernelError, type Sentence } from '#core/errors/kernel_error'

/** Why a template is refused: each has a sentence in `content.errors` that says what to do */
export type TemplateProblem =
  | 'liquid'
  | 'tag_unknown'
  | 'tag_open'
  | 'tag_of_files'
  | 'filter_unknown'
  | 'output_open'
  | 'quote_open'
  | 'in_tag_name'
  | 'nested'
  | 'too_long'
  | 'too_many_links'
  | 'too_much_work'
  | 'too_much_memory'
  | 'list_too_long'
  | 'busy'
  | 'mjml'
  | 'mjml_missing'
  | 'mjml_open'
  | 'mjml_closing'
  | 'mjml_quote'

/** What of a refusal passes from a thread to who asked */
export type TemplateRefusal = {
  readonly reason: TemplateProblem
  readonly line: number | null
  /** The piece, tag, filter or number that it is about */
  readonly detail: string
  /** What the engine says, for a log */
  readonly said?: string
  /** Which part of a message it is in */
  readonly part?: string
}

/** A template that cannot be compiled or rendered; nothing was saved */
export class TemplateInvalidError extends KernelError {
  static override status = 422
  static override code = 'E_TEMPLATE_INVALID'
  override translation: Sentence
  override field = 'source'
  readonly refusal: TemplateRefusal

  constructor(o: TemplateRefusal & { cause?: unknown }) {
    super(
      `The template cannot be used${o.line ? `, line ${o.line}` : ''}: ${o.said ?? `${o.reason} ${o.detail}`}`,
      { cause: o.cause }
    )
    this.refusal = { reason: o.reason, line: o.line, detail: o.detail, said: o.said, part: o.part }
    this.translation = {
      key: `content.errors.${o.reason}`,
      data: { line: o.line, place: o.line ?? 'none', detail: o.detail },
    }
  }
}

/** A template that does not exist, or belongs to another account: the same answer */
export class TemplateNotFoundError extends KernelError {
  static override status = 404
  static override code = 'E_TEMPLATE_NOT_FOUND'
}

/** Somebody saved another version since the page was opened */
export class TemplateChangedError extends KernelError {
  static override status = 409
  static override code = 'E_TEMPLATE_CHANGED'
  override translation: Sentence = { key: 'content.errors.changed', data: {} }
  override field = 'source'
}
