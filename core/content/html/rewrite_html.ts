import { RewritingStream } from 'parse5-html-rewriting-stream'
import { cleanDeclarations, cleanStyleSheet } from './clean_css.js'
import { TemplateInvalidError } from '../errors.js'
import {
  DROPPED_WHOLE,
  ELEMENTS,
  isAllowedAttribute,
  isLink,
  isOffice,
  safeMeta,
  safeValue,
} from './html_allowed.js'
import { CLOSE, OPEN, protectLiquid } from '../liquid/protect_liquid.js'
import { escapeAll, escapeBetween } from './safe_text.js'
import { checkedAttribute, checkedStyleSheet, withoutMarks } from './tracking_tags.js'

/** Elements within elements */
const MAX_DEPTH = 200
const VOID = new Set([
  'area',
  'base',
  'br',
  'col',
  'embed',
  'frame',
  'hr',
  'img',
  'input',
  'link',
  'meta',
  'source',
  'track',
  'wbr',
])
/** Elements that a browser lets end without saying so */
const ENDS_ALONE = new Set([
  'p',
  'li',
  'td',
  'th',
  'tr',
  'dt',
  'dd',
  'thead',
  'tbody',
  'tfoot',
  'colgroup',
])
/** `<!--[if mso]>…<![endif]-->`, and the two halves of `<!--[if !mso]><!-->…<!--<![endif]-->` */
const CONDITION = /^\[if [\w\s!&|().]{1,80}\]>/
const ENDIF = '<![endif]'
const LIQUID_MARK = /\ue000\d+\ue001/g

type Rewriting = {
  /** The mark of a link to follow: what its address becomes, as a template; null leaves it as it is */
  readonly link?: (address: string, liquid: boolean) => string | null
  /** Before the end of the body */
  readonly atEnd?: string
}

/**
 * Goes through HTML token by token, without building a tree: a tree would move Liquid tags out of tables. Keeps what the allow-list names
 * (html_allowed.ts), writes each token anew, so that a browser reads what was read here, and marks values in which Liquid stands: they are looked at
 * when it is known what they say.
 *
 * @throws TemplateInvalidError when Liquid stands in the name of a tag, or elements stand too deep within each other
 */
export async function rewriteHtml(html: string, o: Rewriting = {}): Promise<string> {
  const { text, restore } = protectLiquid(html)
  const marked = { ended: false }
  const written = await rewrite(text, { ...o, restore, office: false, source: text, marked })
  return restore(written) + (o.atEnd && !marked.ended ? o.atEnd : '')
}

type Inside = Rewriting & {
  restore(text: string): string
  readonly office: boolean
  readonly source: string
  readonly marked: { ended: boolean }
}

async function rewrite(text: string, o: Inside): Promise<string> {
  const stream = new RewritingStream()
  const out: string[] = []
  let skipping: { tag: string; depth: number } | null = null
  /** The element whose text is no HTML: `style` or `title` */
  let inside = ''
  let style = ''
  let depth = 0
  let failure: unknown = null
  const comments: { at: number; text: string }[] = []

  const guarded =
    <T>(work: (token: T) => void) =>
    (token: T) => {
      if (failure !== null) return
      try {
        work(token)
      } catch (error) {
        failure = error
      }
    }

  stream.on(
    'startTag',
    guarded((token) => {
      const tag = token.tagName
      const place = token.sourceCodeLocation?.startOffset ?? 0
      refuseLiquidName(tag, o, place)
      if (skipping) {
        if (tag === skipping.tag && !token.selfClosing) skipping.depth += 1
        return
      }
      const isVoid = VOID.has(tag) || token.selfClosing
      if (DROPPED_WHOLE.has(tag)) {
        if (!isVoid) skipping = { tag, depth: 1 }
        return
      }
      if (!isVoid && !ENDS_ALONE.has(tag)) {
        depth += 1
        if (depth > MAX_DEPTH) throw tooDeep(o, place)
      }
      if (!ELEMENTS.has(tag) && !(o.office && isOffice(tag))) return
      const attributes = new Map(token.attrs.map((attr) => [attributeName(attr), attr.value]))
      const kept = tag === 'meta' ? safeMeta(attributes) : Object.fromEntries(attributes)
      if (kept === null) return
      if (tag === 'style') style = ''
      if (tag === 'style' || tag === 'title') inside = tag
      out.push(
        `<${tag}${writeAttributes(tag, kept, o)}${token.selfClosing && o.office ? '/>' : '>'}`
      )
    })
  )
  stream.on(
    'endTag',
    guarded((token) => {
      const tag = token.tagName
      refuseLiquidName(tag, o, token.sourceCodeLocation?.startOffset ?? 0)
      if (skipping) {
        if (tag === skipping.tag) skipping.depth -= 1
        if (skipping.depth === 0) skipping = null
        return
      }
      if (!VOID.has(tag) && !ENDS_ALONE.has(tag)) depth = Math.max(0, depth - 1)
      if (VOID.has(tag) || (!ELEMENTS.has(tag) && !(o.office && isOffice(tag)))) return
      if (tag === 'style') out.push(writeStyleSheet(style, o))
      if (tag === inside) inside = ''
      if (tag === 'body' && o.atEnd && !o.office) {
        out.push(o.atEnd)
        o.marked.ended = true
      }
      out.push(`</${tag}>`)
    })
  )
  stream.on(
    'text',
    guarded((token) => {
      if (skipping) return
      if (inside === 'style') {
        style += token.text
        return
      }
      const at = /<\/?\ue000/.exec(token.text)
      if (at)
        throw inName(o, token.sourceCodeLocation?.startOffset ?? 0, token.text.slice(at.index))
      out.push(escapeBetween(token.text))
    })
  )
  stream.on(
    'comment',
    guarded((token) => {
      if (skipping) return
      const place = token.sourceCodeLocation?.startOffset ?? 0
      if (/^<\/\ue000/.test(o.source.slice(place, place + 3)) && !o.office)
        throw inName(o, place, token.text)
      /** Kept for afterwards: going through one needs a wait */
      comments.push({ at: out.push('') - 1, text: token.text })
    })
  )
  stream.on(
    'doctype',
    guarded((token) => {
      if (/^html$/i.test(token.name ?? '') && !o.office) {
        const old = token.publicId?.match(/^-\/\/W3C\/\/DTD [\w .]+\/\/EN$/)
          ? ` PUBLIC "${token.publicId}" "${/^http:\/\/www\.w3\.org\/[\w./-]+$/.test(token.systemId ?? '') ? token.systemId : ''}"`
          : ''
        out.push(`<!doctype html${old}>`)
      }
    })
  )

  stream.on('data', () => {})
  const ended = new Promise<void>((resolve, reject) =>
    stream.once('end', resolve).once('error', reject)
  )
  stream.end(text)
  await ended
  if (failure !== null) throw failure as Error
  /** A style sheet that nobody ended runs to the end of the page */
  if (inside === 'style') out.push(writeStyleSheet(style, o), '</style>')
  for (const comment of comments) out[comment.at] = await writeComment(comment.text, o)
  return out.join('')
}

const attributeName = (attr: { name: string; prefix?: string }): string =>
  attr.prefix ? `${attr.prefix}:${attr.name}` : attr.name

/** A comment says nothing to its reader and goes, its Liquid tags stay: they may begin a branch. That of Outlook is gone through as the rest */
async function writeComment(text: string, o: Inside): Promise<string> {
  const condition = CONDITION.exec(text)?.[0]
  if (condition && !o.office) {
    const rest = text.slice(condition.length)
    if (rest === '<!' || rest === '<!--') return `<!--${condition}<!-->`
    if (rest.endsWith(ENDIF)) {
      const inner = await rewrite(rest.slice(0, -ENDIF.length), {
        ...o,
        office: true,
        source: rest,
      })
      return `<!--${condition}${inner}${ENDIF}-->`
    }
  }
  if (text === ENDIF && !o.office) return `<!--${ENDIF}-->`
  return (text.match(LIQUID_MARK) ?? []).filter((mark) => o.restore(mark).startsWith('{%')).join('')
}

function writeAttributes(tag: string, values: Readonly<Record<string, string>>, o: Inside): string {
  let written = ''
  for (const [name, value] of Object.entries(values)) {
    if (tag !== 'meta' && !isAllowedAttribute(name, o.office)) continue
    written += ` ${name}="${writeValue(tag, name, value, o)}"`
  }
  return written
}

function writeValue(tag: string, name: string, value: string, o: Inside): string {
  const follows = name === 'href' && isLink(tag)
  if (!value.includes(OPEN)) {
    if (name === 'style') return escapeAll(cleanDeclarations(value))
    const safe = safeValue(name, value)
    return (follows && o.link?.(safe, false)) || escapeAll(safe)
  }
  /** Marks of an earlier compilation are written anew */
  const template = withoutMarks(o.restore(value))
  const plain = protectLiquid(template)
  const escaped = plain.restore(escapeAll(plain.text))
  return (follows && o.link?.(template, true)) || checkedAttribute(name, escaped)
}

function writeStyleSheet(css: string, o: Inside): string {
  if (!css.includes(OPEN)) return cleanStyleSheet(css)
  const template = protectLiquid(withoutMarks(o.restore(css)).replace(/<!--|-->/g, ''))
  return checkedStyleSheet(template.restore(template.text.replaceAll('<', '')))
}

/** What Liquid prints there would be the name of a tag that nobody looked at */
function refuseLiquidName(tag: string, o: Inside, place: number): void {
  if (tag.includes(OPEN) || tag.includes(CLOSE)) throw inName(o, place, `<${tag}`)
}

/** Liquid that was hidden may have had line breaks of its own */
const lineOf = (o: Inside, place: number): number | null =>
  o.office ? null : o.restore(o.source.slice(0, place)).split('\n').length

const inName = (o: Inside, place: number, piece: string) =>
  new TemplateInvalidError({
    reason: 'in_tag_name',
    line: lineOf(o, place),
    detail: o.restore(piece).slice(0, 60),
  })

const tooDeep = (o: Inside, place: number) =>
  new TemplateInvalidError({
    reason: 'nested',
    line: lineOf(o, place),
    detail: String(MAX_DEPTH),
  })
