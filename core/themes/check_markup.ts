import { Tokenizer, TokenizerMode, type Token } from 'parse5'
import type { Expression } from 'acorn'
import { isBareDirective, isLocalAddress } from '#core/http/pages/html_attributes'
import type { Refusal } from './check_expression.js'
import { callOf } from './parse_expression.js'
import { HTML_HELPERS } from './theme_grammar.js'

/**
 * A stretch of a template as written, the place of an expression with its source, or a place where something else of the
 * template's begins or ends: a branch, a loop, another template, a slot.
 */
export type Piece =
  | { readonly kind: 'text'; readonly text: string; readonly line: number }
  | ({ readonly kind: 'expression'; readonly line: number } & Printed)
  | { readonly kind: 'boundary'; readonly line: number }

/** An expression as written, and as it is read; null when it cannot be */
type Printed = { readonly source: string; readonly expression: Expression | null }

/** In the text that is looked at, `␀7␂` stands for the eighth expression, and a lone sign for a boundary */
const [OPEN, BOUNDARY, CLOSE] = ['\ue000', '\ue001', '\ue002'] as const
const SIGNS = /[\ue000-\ue002]/
const MARK = /\ue000(\d+)\ue002/
const MARK_ALONE = /^\ue000(\d+)\ue002$/
/** What would begin an element, an end, a comment or an instruction if the text around it ended early */
const OPENING = /<[a-z!/?\ue000-\ue002]/i

/** Whatever runs a script, takes the page elsewhere, or changes how what follows is read */
const ELEMENTS: ReadonlySet<string> = new Set(
  `script style base link iframe frame frameset object embed applet portal template noscript xmp plaintext noembed noframes
   math foreignobject animate animatemotion animatetransform set`.split(/\s+/)
)
const ATTRIBUTES: ReadonlySet<string> = new Set(
  'style srcdoc formaction http-equiv ping manifest'.split(' ')
)
const ADDRESSES: ReadonlySet<string> = new Set(
  'href src action poster cite background data srcset longdesc xlink:href'.split(' ')
)
/** Elements whose content is text up to their end */
const TEXT_ONLY: ReadonlySet<string> = new Set(['title', 'textarea'])

/** What every browser reads alike although it is not written well */
const HARMLESS: ReadonlySet<string> = new Set([
  'missing-semicolon-after-character-reference',
  'unknown-named-character-reference',
  'absence-of-digits-in-numeric-character-reference',
  'invalid-first-character-of-tag-name',
])

/**
 * Lists what the markup of a stranger's theme may not hold: scripts and what runs like one, elements that take the page
 * elsewhere, expressions where they would make an element or an attribute, forms without the token of the kernel.
 *
 * Read by the tokenizer of the HTML standard (13.2.5), so that it sees the tags that a browser sees. A template is put together
 * with others, and its branches are taken or not; so each tag and each comment must stand whole in one piece, and no text may
 * hold the beginning of one: then they are the same wherever they are printed.
 *
 * @param pieces in the order of the file, branches one after the other
 */
export function checkMarkup(pieces: readonly Piece[]): (Refusal & { line: number })[] {
  const { html, printed, lineAt } = putTogether(pieces)
  const refusals: (Refusal & { line: number })[] = []
  const refuse = (at: number, code: string, detail: string) =>
    refusals.push({ code, detail: inWords(detail, printed).slice(0, 80), line: lineAt(at) })
  /** The title or text field that is open, and the form */
  let textOnly: { name: string; at: number } | null = null
  let form: { at: number; proven: boolean } | null = null

  const tokenizer = new Tokenizer(
    { sourceCodeLocationInfo: true },
    {
      onStartTag(token) {
        const name = token.tagName
        if (TEXT_ONLY.has(name)) {
          textOnly = { name, at: placeOf(token).startOffset }
          tokenizer.state = TokenizerMode.RCDATA
        }
        if (name !== 'form') return checkTag(token)
        formEnds()
        form = formOf(token)
      },
      onEndTag(token) {
        textOnly = null
        const at = placeOf(token).startOffset
        if (SIGNS.test(token.tagName)) refuse(at, 'TH-MARKUP', 'an expression in an end tag')
        if (token.attrs.length > 0) refuse(at, 'TH-MARKUP', `</${token.tagName}> with attributes`)
        if (token.tagName === 'form') formEnds()
      },
      onComment(token) {
        const { startOffset: at, endOffset } = placeOf(token)
        const isComment = html.startsWith('<!--', at)
        if (!isComment) refuse(at, 'TH-MARKUP', html.slice(at, endOffset))
        else if (OPENING.test(token.data)) refuse(at, 'TH-MARKUP', 'markup in a comment')
        else if (token.data.includes(BOUNDARY))
          refuse(at, 'TH-MARKUP', 'a branch or a template in a comment')
        else if (/^\s*\[/.test(token.data)) refuse(at, 'TH-MARKUP', 'conditional comment')
      },
      onCharacter(token) {
        const at = placeOf(token).startOffset
        if (textOnly && OPENING.test(token.chars))
          refuse(at, 'TH-MARKUP', `markup in <${textOnly.name}>`)
        for (const call of callsIn(token.chars)) {
          if (form && call?.name === 'csrf') form.proven = true
          if (call?.name === 'uploadTo') refuse(at, 'TH-FORM', 'uploadTo() outside an action')
        }
      },
      onWhitespaceCharacter: () => undefined,
      onNullCharacter: () => undefined,
      onDoctype: () => undefined,
      onEof() {
        if (textOnly) refuse(textOnly.at, 'TH-MARKUP', `<${textOnly.name}> is not closed`)
        formEnds()
      },
      onParseError(error) {
        if (!HARMLESS.has(error.code)) refuse(error.startOffset, 'TH-MARKUP', error.code)
      },
    }
  )
  tokenizer.write(html, true)

  for (const found of html.matchAll(/<(?=[\ue000-\ue002]|$)/g))
    refuse(found.index, 'TH-MARKUP', 'an expression or a branch after <')
  return refusals.toSorted((a, b) => a.line - b.line)

  function checkTag(token: Token.TagToken): void {
    const { tagName: name } = token
    const at = placeOf(token).startOffset
    if (SIGNS.test(name)) refuse(at, 'TH-MARKUP', 'an expression in the name of an element')
    if (ELEMENTS.has(name) || (name === 'meta' && !isPlainMeta(token)))
      refuse(at, 'TH-ELEMENT', `<${name}>`)
    for (const attribute of token.attrs) checkAttribute(token, attribute)
  }

  function checkAttribute(token: Token.TagToken, { name, value }: Token.Attribute): void {
    const place = placeOf(token).attrs?.[name]
    const at = place?.startOffset ?? placeOf(token).startOffset
    const alone = MARK_ALONE.exec(name)
    if (alone) {
      if (value !== '' || callOf(printed[Number(alone[1])].expression)?.name !== 'attrs')
        refuse(at, 'TH-MARKUP', 'an expression as an attribute: use attrs()')
      return
    }
    if (SIGNS.test(name))
      refuse(at, 'TH-MARKUP', 'an expression or a branch in the name of an attribute')
    if (name.startsWith('on') || ATTRIBUTES.has(name)) refuse(at, 'TH-ATTRIBUTE', name)
    if (/^(?:x-|[@:])/.test(name) && !isBareDirective(name, value))
      refuse(at, 'TH-ATTRIBUTE', `${name}=${value}: the name of something alone`)
    if (OPENING.test(value)) refuse(at, 'TH-MARKUP', `markup in ${name}`)
    if (value.includes(BOUNDARY))
      refuse(at, 'TH-MARKUP', `${name}: a branch, a slot or a template in an attribute`)
    if (MARK.test(value)) {
      const written = html.slice(place?.startOffset, place?.endOffset)
      if (!/^[^=]*=\s*["']/.test(written))
        refuse(at, 'TH-MARKUP', `${name}: quotes around the expression`)
      for (const call of callsIn(value)) {
        if (call && HTML_HELPERS.has(call.name))
          refuse(at, 'TH-MARKUP', `${name}: a helper that prints HTML`)
        if (call?.name === 'uploadTo' && !(token.tagName === 'form' && name === 'action'))
          refuse(at, 'TH-FORM', 'uploadTo() outside an action')
      }
    }
    if (ADDRESSES.has(name) && !isAddress(value)) refuse(at, 'TH-ATTRIBUTE', `${name}=${value}`)
  }

  /** Scripts are no addresses; an expression may be the whole of one, or stand where its kind is known */
  function isAddress(value: string): boolean {
    const plain = value.replace(/[\s\p{Cc}]+/gu, '')
    const [before = ''] = plain.split(OPEN)
    if (before === plain) return !/^(?:javascript|vbscript|data):/i.test(plain)
    if (before !== '')
      return /^(?:https?:\/\/[\w.-]+[/?#]|\/(?![/\\])|[#?]|mailto:|tel:)/i.test(before)
    const rest = plain.slice(plain.indexOf(CLOSE) + 1)
    /** Whoever takes it apart to hide it finds the policy of the page, which runs no such address */
    const written = inWords(plain.slice(0, plain.indexOf(CLOSE) + 1), printed).replace(
      /[^a-z:]/gi,
      ''
    )
    return /^(?:[/?#]|$)/.test(rest) && !/(?:javascript|vbscript|data):/i.test(written)
  }

  /** What is typed goes to the kernel alone: nothing of where it goes is an expression but an id in a path */
  function formOf(token: Token.TagToken): { at: number; proven: boolean } {
    const at = placeOf(token).startOffset
    let method = 'get'
    for (const attribute of token.attrs) {
      const { name, value } = attribute
      if (name === 'method') method = value.trim().toLowerCase()
      if (MARK_ALONE.test(name)) refuse(at, 'TH-FORM', 'attrs() in <form>')
      else checkAttribute(token, attribute)
      if (SIGNS.test(value) && ['method', 'target', 'id', 'enctype'].includes(name))
        refuse(at, 'TH-FORM', `an expression in ${name}`)
      if (name === 'action' && !isLocalAction(value)) refuse(at, 'TH-FORM', `action ${value}`)
    }
    return { at, proven: method === 'get' || method === 'dialog' }
  }

  function isLocalAction(value: string): boolean {
    const whole = MARK_ALONE.exec(value)
    if (whole) {
      const call = callOf(printed[Number(whole[1])].expression)
      if (call?.name === 'here') return true
      return (call?.name === 'url' || call?.name === 'uploadTo') && isLocalPath(call.first)
    }
    return value === '' || (isLocalAddress(value) && !value.startsWith(`/${OPEN}`))
  }

  function formEnds(): void {
    if (form && !form.proven) refuse(form.at, 'TH-FORM', 'a form without {{ csrf() }}')
    form = null
  }

  function callsIn(text: string) {
    return [...text.matchAll(new RegExp(MARK, 'g'))].map(([, index]) =>
      callOf(printed[Number(index)].expression)
    )
  }
}

/** A path as it is written, or one whose beginning is */
function isLocalPath(path: Expression | null): boolean {
  const beginning =
    path?.type === 'Literal'
      ? path.value
      : path?.type === 'TemplateLiteral'
        ? path.quasis[0].value.cooked
        : null
  if (typeof beginning !== 'string' || !isLocalAddress(beginning)) return false
  return path?.type === 'Literal' || beginning.length > 1
}

function placeOf(token: Token.TagToken | Token.CommentToken | Token.CharacterToken) {
  return token.location as Token.LocationWithAttributes
}

/** The character set and the viewport, and nothing that is put together */
function isPlainMeta({ attrs }: Token.TagToken): boolean {
  const names = attrs.map(({ name }) => name)
  if (attrs.length === 1 && names[0] === 'charset') return /^utf-8$/i.test(attrs[0].value)
  const viewport = attrs.find(({ name }) => name === 'name')?.value.toLowerCase() === 'viewport'
  return viewport && names.every((name) => name === 'name' || name === 'content')
}

/** Signs of ours are no words: what they stand for is */
function inWords(detail: string, printed: readonly Printed[]): string {
  return detail
    .replace(new RegExp(MARK, 'g'), (_, index: string) => `{{${printed[Number(index)].source}}}`)
    .replaceAll(BOUNDARY, '')
}

/** The pieces as one text, and the line of each place in it */
function putTogether(pieces: readonly Piece[]) {
  const starts: { at: number; line: number }[] = []
  const printed: Printed[] = []
  let html = ''
  for (const piece of pieces) {
    starts.push({ at: html.length, line: piece.line })
    if (piece.kind === 'text')
      html += piece.text.replace(/[\ue000-\ue002]/g, '').replace(/\r\n?/g, '\n')
    else if (piece.kind === 'boundary') html += BOUNDARY
    else html += `${OPEN}${printed.push(piece) - 1}${CLOSE}`
  }
  const lineAt = (at: number) => {
    const start = starts.findLast((one) => one.at <= at) ?? { at: 0, line: 1 }
    return start.line + (html.slice(start.at, at).match(/\n/g)?.length ?? 0)
  }
  return { html, printed, lineAt }
}
