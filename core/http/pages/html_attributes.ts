import { escapeHtml, safeHtml, type SafeHtml } from './safe_html.js'

const NAME = /^(?!on)[a-z][a-z0-9]*(?:[-:][a-z0-9.]+)*$/
const FORBIDDEN = new Set(['style', 'srcdoc', 'http-equiv', 'ping'])
const ADDRESSES = new Set(['href', 'src', 'xlink:href', 'poster', 'data'])
/** Where forms go: what is typed, and the token, stay here */
const ACTIONS = new Set(['action', 'formaction'])

/**
 * Attributes of an element from an object: `true` gives the bare name, `false`, null, undefined and '' give nothing (but
 * an empty `value` or `alt` is kept), the rest is escaped.
 *
 * Names that run code (`onclick`, `srcdoc`), addresses that do (`javascript:`) forms that lead elsewhere, and directives that are
 * more than a name are left out.
 */
export function htmlAttributes(values: Readonly<Record<string, unknown>>): SafeHtml {
  const parts: string[] = []

  for (const [name, value] of Object.entries(values)) {
    if (!NAME.test(name) || FORBIDDEN.has(name)) continue
    if (name.startsWith('x-') && !isBareDirective(name, String(value))) continue
    if (value === false || value === null || value === undefined) continue
    if (value === '' && name !== 'value' && name !== 'alt') continue
    if (ADDRESSES.has(name) && !isSafeAddress(String(value))) continue
    if (ACTIONS.has(name) && !isLocalAddress(String(value))) continue
    parts.push(value === true ? name : `${name}="${escapeHtml(String(value))}"`)
  }
  return safeHtml(parts.join(' '))
}

/**
 * Whether a directive of Alpine names one thing of a component of ours and says no more: an expression could reach from an
 * element to the page and the token in it.
 */
export function isBareDirective(name: string, value: string): boolean {
  return /^x-(?:data|ref|cloak|show|text|on:[\w.:-]+)$/.test(name) && /^(?:[a-z]\w*)?$/i.test(value)
}

/** A path of this installation, or a place on the page */
export function isLocalAddress(address: string): boolean {
  return /^(?:\/(?![/\\])|[?#])[^\s\\\p{Cc}]*$/u.test(address)
}

/** Local, https, mailto, tel */
export function isSafeAddress(address: string): boolean {
  return /^(?:[/?#.]|https?:\/\/|mailto:|tel:|sms:)/i.test(address.trim())
}
