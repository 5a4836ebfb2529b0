import { mapLiquid } from '../liquid/find_liquid.js'
import { escapeBetween } from './safe_text.js'

/** A plain text as HTML that reads the same: its line breaks stay, `<name@example.org>` is text, its Liquid is Liquid */
export function htmlOfText(text: string): string {
  return `<pre style="white-space:pre-wrap;font-family:sans-serif">${mapLiquid(text, { between: escapeBetween })}</pre>`
}
