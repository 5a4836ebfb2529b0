import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { safeHtml, type SafeHtml } from './safe_html.js'
import { E_ICON_UNKNOWN } from './errors.js'

const NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*$/

/** The package exports its files only */
const folder = dirname(createRequire(import.meta.url).resolve('@tabler/icons/outline/plus.svg'))

/** The shapes inside the svg element, by name: read once, and there are no more than the files of the package */
const shapes = new Map<string, string>()

/**
 * An outline icon, inline, hidden from screen readers: the word beside it says the same.
 *
 * @param name - a name of Tabler's outline set, such as `users`
 * @param size - width and height in CSS pixels
 * @throws E_ICON_UNKNOWN
 */
export function icon(name: string, size = 20): SafeHtml {
  return safeHtml(
    `<svg class="icon" width="${Number(size)}" height="${Number(size)}" viewBox="0 0 24 24" fill="none" stroke="currentColor" ` +
      `stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">${shapesOf(name)}</svg>`
  )
}

function shapesOf(name: string): string {
  const known = shapes.get(name)
  if (known !== undefined) {
    return known
  }
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw new E_ICON_UNKNOWN([String(name)])
  }

  try {
    const svg = readFileSync(join(folder, `${name}.svg`), 'utf8')
    const inner = svg
      .replace(/^[\s\S]*?<svg[\s\S]*?>/, '')
      .replace(/<\/svg>[\s\S]*$/, '')
      .replace(/<path stroke="none"[^>]*>/, '')
      .replace(/\s*\n\s*/g, '')
    shapes.set(name, inner)
    return inner
  } catch (cause) {
    throw new E_ICON_UNKNOWN([name], { cause })
  }
}
