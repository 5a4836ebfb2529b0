import { convert } from 'html-to-text'
import mjml2html from 'mjml'
import { compileContent } from './compile_content.js'
import { decodeLiquidEntities } from './decode_liquid_entities.js'
import { TemplateInvalidError } from './errors.js'
import { protectLiquid } from './protect_liquid.js'
import { rewriteHtml } from './rewrite_html.js'
import { wrapLooseLiquid } from './wrap_loose_liquid.js'

export type TemplateFormat = 'mjml' | 'html' | 'text'
export type CompiledTemplate = {
  /** Null for a text template */
  readonly html: string | null
  readonly text: string
  /** Bytes of the HTML; large mails are cut by receivers at about 102,000 */
  readonly bytes: number
}

/** Characters of source at most */
export const MAX_SOURCE = 400_000

/**
 * Compiles a template when it is saved: MJML to HTML, dangerous elements removed, a text part made, and all of it
 * rendered once with sample data, so that what is wrong is found now and not in front of 15,000 people.
 *
 * @throws TemplateInvalidError with the line, when there is one
 */
export async function compileTemplate(o: {
  format: TemplateFormat
  source: string
  text?: string | null
}): Promise<CompiledTemplate> {
  if (o.source.length > MAX_SOURCE)
    throw new TemplateInvalidError({ line: null, detail: `${o.source.length} > ${MAX_SOURCE}` })
  const html =
    o.format === 'text'
      ? null
      : await rewriteHtml(o.format === 'mjml' ? await compileMjml(o.source) : o.source)
  const text = o.text ?? (html === null ? o.source : toText(html))
  tryOut({ html, text })
  return { html, text, bytes: html ? Buffer.byteLength(html) : 0 }
}

async function compileMjml(source: string): Promise<string> {
  if (!/<mjml[\s>]/.test(source)) throw new TemplateInvalidError({ line: 1, detail: '<mjml>' })
  let result: { html: string; errors: { line: number; message: string }[] }
  try {
    result = (await mjml2html(wrapLooseLiquid(source), {
      validationLevel: 'soft',
      ignoreIncludes: true,
      minify: false,
      fonts: {},
    } as never)) as typeof result
  } catch (error) {
    throw new TemplateInvalidError({ line: null, detail: (error as Error).message, cause: error })
  }
  const wrong = result.errors.find((error) => !/mj-raw/.test(error.message))
  if (wrong) throw new TemplateInvalidError({ line: wrong.line, detail: wrong.message })
  return withoutIndentation(result.html)
}

/** A quarter of what the compiler writes are spaces before a line: paid for with each message, on a telephone too */
function withoutIndentation(html: string): string {
  return /<(pre|textarea)\b|white-space:\s*(pre|break-spaces)/i.test(html)
    ? html
    : html.replace(/\n[ \t\r\n]+/g, '\n')
}

/** The text part: links written out, nothing wrapped, so that Liquid stays in one piece */
function toText(source: string): string {
  const { text: html, restore } = protectLiquid(source)
  const text = convert(html, {
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

/** Renders once with nobody's data: a mistake in the Liquid has a line here */
function tryOut(o: { html: string | null; text: string }) {
  const nobody = {
    contact: {},
    account: { name: '', address: '' },
    campaign: { name: '', subject: '' },
    links: { unsubscribe: '#', web_view: '#', preferences: '#' },
    tracking: { link: () => '#', pixel: null, hidden: null },
  }
  try {
    compileContent({
      parts: {
        ...(o.html === null ? {} : { html: { as: 'html', source: o.html } }),
        text: { as: 'text', source: o.text },
      },
    }).render(nobody)
  } catch (error) {
    const place = (error as { token?: { getPosition?(): [number, number] } }).token?.getPosition?.()
    throw new TemplateInvalidError({
      line: place?.[0] ?? null,
      detail: (error as Error).message.split('\n')[0],
      cause: error,
    })
  }
}
