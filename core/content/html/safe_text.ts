import { Drop } from 'liquidjs'

const ESCAPED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const DECODED: Readonly<Record<string, string>> = {
  'amp': '&',
  'lt': '<',
  'gt': '>',
  'quot': '"',
  '#34': '"',
  '#39': "'",
}

/** Text as it stands between the tags of HTML and inside quoted attributes. The entities written here are all that our HTML has */
export const escapeAll = (text: string): string =>
  /[&<>"']/.test(text) ? text.replace(/[&<>"']/g, (one) => ESCAPED[one]) : text

/** Text between tags: quotes may stay */
export const escapeBetween = (text: string): string =>
  /[&<>]/.test(text) ? text.replace(/[&<>]/g, (one) => ESCAPED[one]) : text

/** What `escapeAll` wrote, read again, once */
export const decodeOurs = (html: string): string =>
  html.includes('&')
    ? html.replace(/&(amp|lt|gt|quot|#34|#39);/g, (_, name: string) => DECODED[name])
    : html

/**
 * HTML that is in order as it stands: a captured piece of the template, whose own outputs were escaped when they were captured, or text
 * that a filter escaped. Printed as it is; every filter sees plain text, which is escaped again.
 */
export class SafeHtml extends Drop {
  readonly #html: string

  constructor(html: string) {
    super()
    this.#html = html
  }

  override valueOf(): string {
    return this.#html
  }
}
