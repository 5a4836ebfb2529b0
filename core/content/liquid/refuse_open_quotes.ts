import { findLiquid, lineAt } from './find_liquid.js'
import { TemplateInvalidError } from '../errors.js'

/**
 * Refuses Liquid whose quotes are not closed before its `}}` or `%}`. The engine reads on behind such a quote, to the next
 * one, and would swallow HTML that rewrite_html.ts took for text: `{{ '}}<a alt="{{' }}<img onerror=…>">` prints the img.
 *
 * @throws TemplateInvalidError quoting the piece
 */
export function refuseOpenQuotes(source: string): void {
  for (const { text, from } of findLiquid(source)) {
    /** `{% # it's a remark %}` has no texts */
    if (/^\{%-?\s*#/.test(text)) continue
    if (endsInsideQuotes(text))
      throw new TemplateInvalidError({
        reason: 'quote_open',
        line: lineAt(source, from),
        detail: text.slice(0, 60),
      })
  }
}

function endsInsideQuotes(piece: string): boolean {
  let quote = ''
  for (let at = 2; at < piece.length; at++) {
    const character = piece[at]
    if (quote !== '' && character === '\\') at += 1
    else if (character === quote) quote = ''
    else if (quote === '' && (character === '"' || character === "'")) quote = character
  }
  return quote !== ''
}
