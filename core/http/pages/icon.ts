import { createRequire } from 'node:module'
import { safeHtml, type SafeHtml } from './safe_html.js'
import { E_ICON_UNKNOWN } from '../errors.js'

const NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*$/

/** What the svg element says for all of its shapes */
const SAID_ABOVE =
  / (?:fill="none"|stroke="currentColor"|stroke-(?:linecap|linejoin|width)="[^"]*")/g

type IconSet = { readonly icons: Readonly<Record<string, { readonly body: string }>> }

const require = createRequire(import.meta.url)

/** The shapes inside the svg element, by name: read once, and there are no more than the package has */
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

  /** Read when the first icon is drawn: a process that draws none does without the 3 MB */
  const { icons } = require('@iconify-json/tabler/icons.json') as IconSet
  if (name.endsWith('-filled') || !Object.hasOwn(icons, name)) throw new E_ICON_UNKNOWN([name])
  const inner = icons[name].body.replace(SAID_ABOVE, '')
  shapes.set(name, inner)
  return inner
}
