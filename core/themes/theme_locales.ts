import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Theme } from './theme.js'

/** ICU messages by dotted key */
export type ThemeMessages = Readonly<Record<string, string>>

/** The key under which templates find the theme's own words */
export const THEME_PREFIX = 'theme.'

/**
 * The words of a chain of themes in one language, the child's over its parent's. A key that the language lacks is taken
 * from the theme's default language.
 *
 * @param chain - the theme, its parent, the base
 * @param locale - `fr` or `en`
 */
export function themeMessages(chain: readonly Theme[], locale: string): ThemeMessages {
  const messages: Record<string, string> = {}

  for (const { manifest, directory } of [...chain].reverse()) {
    for (const language of new Set([manifest.locales.default, locale])) {
      const file = join(directory, 'locales', `${language}.json`)
      if (existsSync(file)) {
        flatten(JSON.parse(readFileSync(file, 'utf8')), THEME_PREFIX, messages)
      }
    }
  }
  return messages
}

function flatten(value: unknown, prefix: string, into: Record<string, string>): void {
  if (typeof value === 'string') {
    into[prefix.slice(0, -1)] = value
    return
  }
  if (value && typeof value === 'object') {
    for (const [key, child] of Object.entries(value)) flatten(child, `${prefix}${key}.`, into)
  }
}
