import { compileContent, type ContentParts } from './compile_content.js'
import { freezeHtml } from '../html/freeze_html.js'
import { htmlOfText } from '../html/html_of_text.js'
import { TemplateInvalidError } from '../errors.js'
import { tryOutContent } from './try_out_content.js'

export type MessageToFreeze = {
  /** Each part as it is written: `html` from a template, `markup` as text that stands for HTML where a template has none */
  readonly parts: Readonly<
    Record<string, { readonly as: 'line' | 'text' | 'html' | 'markup'; readonly source: string }>
  >
}

export type FrozenMessageContent = {
  readonly parts: ContentParts
  /** Address of each tracked link by its index, as the author wrote it */
  readonly links: readonly string[]
}

/**
 * Freezes all parts of a message and renders them once as a run would, subjects included: what passes here can be sent. Runs in a thread.
 *
 * @throws TemplateInvalidError for the first part that cannot be rendered; its `part` says which
 */
export async function freezeMessage(o: MessageToFreeze): Promise<FrozenMessageContent> {
  const parts: Record<string, ContentParts[string]> = {}
  let links: readonly string[] = []
  for (const [name, { as, source }] of Object.entries(o.parts)) {
    try {
      if (as === 'html' || as === 'markup') {
        const frozen = await freezeHtml(as === 'markup' ? htmlOfText(source) : source)
        parts[name] = { as: 'frozen', source: frozen.html }
        links = frozen.links
      } else parts[name] = { as, source }
      tryOutContent(compileContent({ parts: { [name]: parts[name] } }))
    } catch (error) {
      if (!(error instanceof TemplateInvalidError)) throw error
      throw new TemplateInvalidError({ ...error.refusal, part: name, cause: error })
    }
  }
  /** Together, too: the subject may stand in the body */
  tryOutContent(compileContent({ parts }))
  return { parts, links }
}
