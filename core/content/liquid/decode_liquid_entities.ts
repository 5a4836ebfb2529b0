import { mapLiquid } from './find_liquid.js'

const ENTITIES: Readonly<Record<string, string>> = {
  'gt': '>',
  'lt': '<',
  'amp': '&',
  'quot': '"',
  'apos': "'",
  'nbsp': ' ',
  '#39': "'",
  '#34': '"',
  '#x27': "'",
  '#60': '<',
  '#62': '>',
  '#160': ' ',
}

/**
 * Decodes the entities that editors of HTML write into Liquid, as in `{% if contact.age &gt; 18 %}`, inside its tags and
 * outputs alone. What an output prints is escaped afterwards, so nothing decoded here reaches a page.
 */
export function decodeLiquidEntities(html: string): string {
  if (!html.includes('&')) return html
  return mapLiquid(html, {
    liquid: (piece) =>
      piece.replace(
        /&(gt|lt|amp|quot|apos|nbsp|#39|#34|#x27|#60|#62|#160);/gi,
        (whole, name: string) => ENTITIES[name.toLowerCase()] ?? whole
      ),
  })
}
