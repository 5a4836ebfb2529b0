import type { Refusal } from './check_expression.js'

/** A stretch of a template as written, or the place of an expression with its source */
export type Piece =
  | { readonly kind: 'text'; readonly text: string; readonly line: number }
  | { readonly kind: 'expression'; readonly source: string; readonly line: number }

/** Stands for an expression in the text that is looked at */
const MARK = '\ue000'
const ELEMENTS: ReadonlySet<string> = new Set([
  'script',
  'style',
  'base',
  'link',
  'iframe',
  'frame',
  'frameset',
  'object',
  'embed',
  'applet',
  'portal',
  'template',
  'noscript',
])
const ATTRIBUTES: ReadonlySet<string> = new Set([
  'srcdoc',
  'formaction',
  'http-equiv',
  'x-html',
  'x-init',
  'x-effect',
  'ping',
])
/** Name, and a value in quotes or bare. An expression may stand in the value, or alone as a call of attrs() */
const ATTRIBUTE = /([^\s"'<>/=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'=<>`]+))?/g

/**
 * Lists what the markup of a stranger's theme may not hold: scripts and what runs like one, elements that take the page
 * elsewhere, expressions where they would make an element or an attribute, forms without the token of the kernel.
 *
 * @param pieces in the order of the file, branches one after the other
 */
export function checkMarkup(pieces: readonly Piece[]): (Refusal & { line: number })[] {
  const refusals: (Refusal & { line: number })[] = []
  const sources: string[] = []
  const starts: { at: number; line: number }[] = []
  let html = ''
  for (const piece of pieces) {
    starts.push({ at: html.length, line: piece.line })
    if (piece.kind === 'text') html += piece.text.replaceAll(MARK, '')
    else {
      html += MARK
      sources.push(piece.source)
    }
  }

  const lineAt = (at: number) => {
    const start = starts.findLast((one) => one.at <= at) ?? { at: 0, line: 1 }
    return start.line + (html.slice(start.at, at).match(/\n/g)?.length ?? 0)
  }
  const refuse = (at: number, code: string, detail: string) =>
    refusals.push({ code, detail: detail.slice(0, 80), line: lineAt(at) })
  const sourcesIn = (from: number, to: number) => {
    const before = count(html.slice(0, from), MARK)
    return sources.slice(before, before + count(html.slice(from, to), MARK))
  }

  const opening = /<(?:!--|\/?([a-zA-Z][^\s/>]*)|([!?\ue000]))/g
  for (let found = opening.exec(html); found; found = opening.exec(html)) {
    const at = found.index
    if (found[0] === '<!--') {
      const end = html.indexOf('-->', at)
      if (/^<!--\[if/i.test(html.slice(at, at + 8))) refuse(at, 'TH-MARKUP', 'conditional comment')
      opening.lastIndex = end < 0 ? html.length : end
      continue
    }
    if (found[2] === MARK) {
      refuse(at, 'TH-MARKUP', 'an expression after <')
      continue
    }
    if (!found[1]) continue
    const name = found[1].toLowerCase()
    const end = endOfTag(html, at)
    if (end < 0) {
      refuse(at, 'TH-MARKUP', `<${name} is not closed`)
      break
    }
    opening.lastIndex = end
    if (name.includes(MARK)) refuse(at, 'TH-MARKUP', 'an expression in the name of an element')
    if (found[0].startsWith('</')) continue
    if (ELEMENTS.has(name)) refuse(at, 'TH-ELEMENT', `<${name}>`)
    const inside = html.slice(at + found[0].length, end)
    if (name === 'meta' && !/^\s*(?:charset|name\s*=\s*"viewport")/i.test(inside))
      refuse(at, 'TH-ELEMENT', '<meta>')
    checkAttributes(at, at + found[0].length, inside)
    if (name === 'form') checkForm(at, end, inside)
  }
  return refusals

  function checkAttributes(at: number, from: number, inside: string): void {
    for (const attribute of inside.matchAll(ATTRIBUTE)) {
      const name = (attribute[1] ?? '').toLowerCase()
      const value = attribute[2]
      const place = from + (attribute.index ?? 0)
      if (name === MARK && value === undefined) {
        const [source = ''] = sourcesIn(place, place + 1)
        if (!/^\s*attrs\(/.test(source))
          refuse(at, 'TH-MARKUP', 'an expression as an attribute: use attrs()')
        continue
      }
      if (name.includes(MARK)) refuse(at, 'TH-MARKUP', 'an expression in the name of an attribute')
      if (name.startsWith('on') || ATTRIBUTES.has(name)) refuse(at, 'TH-ATTRIBUTE', name)
      if (value?.includes(MARK) && !/^["']/.test(value))
        refuse(at, 'TH-MARKUP', `${name}: quotes around the expression`)
      if (value && /^["']?\s*(?:javascript|vbscript|data):/i.test(value))
        refuse(at, 'TH-ATTRIBUTE', `${name}=${value}`)
    }
  }

  /** Typed secrets go to the kernel alone, with its token */
  function checkForm(at: number, end: number, inside: string): void {
    const action = /\saction\s*=\s*["']([^"']*)/i.exec(inside)?.[1]
    if (action && !/^(?:\/(?!\/)|\ue000|#|\?)/.test(action))
      refuse(at, 'TH-FORM', `action ${action}`)
    if (/\smethod\s*=\s*["']?get/i.test(inside)) return
    const close = html.toLowerCase().indexOf('</form', end)
    const within = sourcesIn(end, close < 0 ? html.length : close)
    if (!within.some((source) => /^\s*csrf\(\)\s*$/.test(source)))
      refuse(at, 'TH-FORM', 'a form without {{ csrf() }}')
  }
}

/** The > that ends a tag: one in a quoted value does not */
function endOfTag(html: string, from: number): number {
  let quote = ''
  for (let at = from; at < html.length; at++) {
    const character = html.charAt(at)
    if (quote) {
      if (character === quote) quote = ''
    } else if (character === '"' || character === "'") quote = character
    else if (character === '>') return at
  }
  return -1
}

function count(text: string, character: string): number {
  return text.split(character).length - 1
}
