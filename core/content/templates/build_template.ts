import { convert } from 'html-to-text'
import { compileContent } from '../message/compile_content.js'
import type { CompiledTemplate, TemplateFormat } from './compiled_template.js'
import { decodeLiquidEntities } from '../liquid/decode_liquid_entities.js'
import { TemplateInvalidError } from '../errors.js'
import { freezeHtml } from '../html/freeze_html.js'
import { parseContent } from '../liquid/liquid_engine.js'
import { protectLiquid } from '../liquid/protect_liquid.js'
import { rewriteHtml } from '../html/rewrite_html.js'
import { withoutMarks } from '../html/tracking_tags.js'
import { tryOutContent } from '../message/try_out_content.js'
import { htmlOfText } from '../html/html_of_text.js'
import { wrapLooseLiquid } from '../liquid/wrap_loose_liquid.js'

export type TemplateSource = {
  readonly format: TemplateFormat
  readonly source: string
  readonly text?: string | null
}

/**
 * Compiles a template: MJML to HTML, what the allow-list does not name taken out, a text part made, and all of it frozen and
 * rendered with sample data as a run would, so that what is wrong is found now and not in front of 15,000 people. Runs in a thread
 * (compile_template.ts): a client wrote what it reads.
 *
 * @throws TemplateInvalidError with the line of the source, when there is one
 */
export async function buildTemplate(o: TemplateSource): Promise<CompiledTemplate> {
  /** First what the author wrote: its lines are the author's, and marks of ours are unknown to it */
  parseContent(o.source, o.format === 'text' ? 'text' : 'source')
  if (o.text) parseContent(o.text, 'text')
  const html =
    o.format === 'text'
      ? null
      : o.format === 'mjml'
        ? withoutIndentation(await rewriteHtml(await compileMjml(o.source)))
        : await rewriteHtml(o.source)
  const text = o.text ?? (html === null ? o.source : toText(html))
  const frozen = await freezeHtml(html ?? htmlOfText(text))
  tryOutContent(
    compileContent({
      parts: {
        html: { as: 'frozen', source: frozen.html },
        text: { as: 'text', source: text },
      },
    })
  )
  return { html, text, bytes: html ? Buffer.byteLength(html) : 0 }
}

async function compileMjml(source: string): Promise<string> {
  if (!/<mjml[\s>]/.test(source))
    throw new TemplateInvalidError({ reason: 'mjml_missing', line: 1, detail: '<mjml>' })
  const { text, restore } = wrapLooseLiquid(source)
  /** Here, so that only a thread that needs it has it in memory */
  const { default: mjml2html } = await import('mjml')
  let result: { html: string; errors: { line: number; message: string }[] }
  try {
    result = (await mjml2html(text, {
      validationLevel: 'soft',
      ignoreIncludes: true,
      minify: false,
      fonts: {},
    } as never)) as typeof result
  } catch (error) {
    throw new TemplateInvalidError({
      reason: 'mjml',
      line: null,
      detail: (error as Error).message.split('\n')[0].slice(0, 200),
      cause: error,
    })
  }
  const wrong = result.errors.find((error) => !/mj-raw/.test(error.message))
  if (wrong)
    throw new TemplateInvalidError({
      reason: 'mjml',
      /** Hidden Liquid may have had line breaks of its own */
      line: restore(text.split('\n').slice(0, wrong.line).join('\n')).split('\n').length,
      detail: restore(wrong.message),
    })
  return restore(result.html)
}

/** A quarter of what the compiler writes are spaces before a line: paid for with each message, on a telephone too */
function withoutIndentation(html: string): string {
  return /<(pre|textarea)\b|white-space:\s*(pre|break-spaces)/i.test(html)
    ? html
    : html.replace(/\n[ \t\r\n]+/g, '\n')
}

/** The text part: links written out, nothing wrapped, so that Liquid stays in one piece */
function toText(source: string): string {
  const { text: html, restore } = protectLiquid(withoutMarks(source))
  const text = convert(withoutComments(html, restore), {
    wordwrap: false,
    selectors: [
      { selector: 'img', format: 'skip' },
      { selector: 'a', options: { hideLinkHrefIfSameAsText: true, linkBrackets: ['(', ')'] } },
      { selector: 'h1', options: { uppercase: false } },
      { selector: 'h2', options: { uppercase: false } },
      { selector: 'table', format: 'block' },
    ],
  })
  /** Text is not decoded again when it is parsed, so the Liquid that came from HTML is decoded here */
  return decodeLiquidEntities(restore(text))
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

/** Comments go; Liquid tags inside stay, as one of them may end behind its comment */
function withoutComments(html: string, restore: (text: string) => string): string {
  return html
    .split('<!--')
    .map((part, index) => {
      if (index === 0) return part
      const end = part.indexOf('-->')
      const comment = end < 0 ? part : part.slice(0, end)
      const tags = (comment.match(/\ue000\d+\ue001/g) ?? []).filter((mark) =>
        restore(mark).startsWith('{%')
      )
      return tags.join('') + (end < 0 ? '' : part.slice(end + 3))
    })
    .join('')
}
