import { findLiquid, lineAt } from './find_liquid.js'
import { TemplateInvalidError } from '../errors.js'

/** Levels of tags within tags: the engine goes down one call a level */
export const MAX_DEPTH = 100
const BLOCK = /^\{%-?\s*(end)?(?:if|unless|case|for|tablerow|capture|comment)\b/

/**
 * Refuses Liquid whose tags stand too deep within each other.
 * @throws TemplateInvalidError with the line
 */
export function refuseDeepLiquid(source: string): void {
  let depth = 0
  for (const { text, from } of findLiquid(source)) {
    const found = BLOCK.exec(text)
    if (!found) continue
    depth += found[1] ? -1 : 1
    if (depth > MAX_DEPTH)
      throw new TemplateInvalidError({
        reason: 'nested',
        line: lineAt(source, from),
        detail: String(MAX_DEPTH),
      })
  }
}
