import { parseContent, renderContent, type ParsedContent } from './liquid_engine.js'

/** Links and subjects repeat: their parsed forms are kept */
const KEPT = 500
const parsed = new Map<string, ParsedContent>()

/**
 * Renders one line of Liquid, a link or a subject, without line breaks in the result.
 *
 * @throws the engine's error when the source is not Liquid
 */
export function renderLine(source: string, variables: object): string {
  let content = parsed.get(source)
  if (!content) {
    content = parseContent(source, 'line')
    if (parsed.size >= KEPT) parsed.delete(parsed.keys().next().value as string)
    parsed.set(source, content)
  }
  return oneLine(renderContent(content, variables))
}

/** Whatever a field contains, it cannot begin another line */
export function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ').trim()
}
