const LIQUID = /\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g
const CLOSED_TEXT = /"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'/g

/**
 * Refuses Liquid whose quotes are not closed before its `}}` or `%}`. The engine reads on behind such a quote, to the next
 * one, and would swallow HTML that rewrite_html.ts took for text: `{{ '}}<a alt="{{' }}<img onerror=…>">` prints the img.
 *
 * @throws Error quoting the piece
 */
export function refuseOpenQuotes(source: string): void {
  for (const [piece] of source.matchAll(LIQUID)) {
    /** `{% # it's a remark %}` has no texts */
    if (/^\{%-?\s*#/.test(piece)) continue
    if (/["']/.test(piece.replace(CLOSED_TEXT, '')))
      throw new Error(`A quote is not closed: ${piece.slice(0, 60)}`)
  }
}
