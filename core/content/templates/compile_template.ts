import { inThread } from '../threads/in_thread.js'
import type { CompiledTemplate } from './compiled_template.js'
import { TemplateInvalidError } from '../errors.js'
import type { TemplateSource } from './build_template.js'

/** Characters of source at most */
export const MAX_SOURCE = 400_000

/**
 * Compiles a template when it is saved, in a thread that is ended when it takes too long (threads/in_thread.ts).
 *
 * @param o.accountId whose template it is: the time that it takes is taken from that account's turn
 * @throws TemplateInvalidError with the line, when there is one
 */
export async function compileTemplate(
  o: TemplateSource & { accountId?: string }
): Promise<CompiledTemplate> {
  mustFit([o.source, o.text ?? ''])
  return inThread({
    module: new URL('./build_template.js', import.meta.url),
    name: 'buildTemplate',
    accountId: o.accountId ?? '',
    input: { format: o.format, source: o.source, text: o.text ?? null },
  })
}

/** @throws TemplateInvalidError when a part is too long to be looked at */
export function mustFit(parts: readonly string[]): void {
  if (parts.some((part) => part.length > MAX_SOURCE))
    throw new TemplateInvalidError({ reason: 'too_long', line: null, detail: String(MAX_SOURCE) })
}
