import { edgeGlobals } from 'edge.js'

/**
 * HTML that the kernel made or cleaned, which templates print as it is. Made nowhere but by `safeHtml`.
 */
export type SafeHtml = { readonly value: string }

const SafeValue = edgeGlobals.html.safe('').constructor

/**
 * Marks HTML as fit to be printed unescaped.
 *
 * @param html - markup written by the kernel, or client HTML that went through the sanitiser. Never input as it came
 */
export function safeHtml(html: string): SafeHtml {
  return edgeGlobals.html.safe(html)
}

/** Whether a value was made by `safeHtml` */
export function isSafeHtml(value: unknown): value is SafeHtml {
  return value instanceof SafeValue
}

/** Text made harmless inside HTML, attributes included */
export function escapeHtml(text: string): string {
  return edgeGlobals.html.escape(text)
}
