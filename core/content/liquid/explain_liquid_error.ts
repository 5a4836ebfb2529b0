import { TemplateInvalidError, type TemplateProblem } from '../errors.js'

type LiquidError = Error & {
  readonly originalError?: unknown
  readonly token?: { getPosition?(): [number, number]; getText?(): string }
}

/** What the engine says, and the problem that it is; the first group is the detail */
const SAID: readonly (readonly [RegExp, TemplateProblem])[] = [
  [/tag "([^"]{1,60})" not found/, 'tag_unknown'],
  [/undefined filter: (\S{1,60})/, 'filter_unknown'],
  [/tag "?(.{1,60}?)"?(?: not closed|, )/, 'tag_open'],
  [/output "?(.{1,60}?)"? not closed/, 'output_open'],
  [/Maximum call stack/, 'nested'],
  [/limit exceeded/, 'too_much_memory'],
]

/** Longest piece of a template that is quoted */
const QUOTED = 60

/** An error of the engine as the problem it is, with the line and the piece of the template. The engine's own words are for people who know the engine */
export function explainLiquidError(error: unknown): TemplateInvalidError {
  if (error instanceof TemplateInvalidError) return error
  const { originalError, token, message } = error as LiquidError
  const line = token?.getPosition?.()[0] ?? null
  if (originalError instanceof TemplateInvalidError) {
    const { reason, detail } = originalError.refusal
    return new TemplateInvalidError({
      reason,
      detail,
      line: originalError.refusal.line ?? line,
      cause: error,
    })
  }
  const first = message.split('\n')[0]
  for (const [pattern, reason] of SAID) {
    const found = pattern.exec(first)
    if (found)
      return new TemplateInvalidError({
        reason,
        line,
        detail: found[1] ?? '',
        said: first,
        cause: error,
      })
  }
  const piece = token?.getText?.().slice(0, QUOTED) ?? ''
  return new TemplateInvalidError({
    reason: 'liquid',
    line,
    detail: piece,
    said: first,
    cause: error,
  })
}
