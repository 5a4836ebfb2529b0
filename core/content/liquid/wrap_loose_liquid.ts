import { TemplateInvalidError, type TemplateProblem } from '../errors.js'
import { protectLiquid } from './protect_liquid.js'

/** MJML elements whose content is kept as it stands; everywhere else loose text is dropped */
const KEEPS_CONTENT = new Set([
  'mj-text',
  'mj-button',
  'mj-table',
  'mj-raw',
  'mj-style',
  'mj-title',
  'mj-preview',
  'mj-accordion-title',
  'mj-accordion-text',
  'mj-navbar-link',
  'mj-social-element',
])

/** Elements within elements */
const MAX_DEPTH = 50
const NAME = /[a-zA-Z][\w-]*/y

type Place = { readonly name: string; readonly at: number }

/**
 * Wraps Liquid tags that stand between MJML elements, as in `{% if %}<mj-text>…</mj-text>{% endif %}`, in `mj-raw`: MJML
 * would drop them silently. Refuses what the compiler would take without a word and leave out: an element that is not ended, or ended by
 * another name. Each character is looked at once.
 *
 * @returns the MJML with its Liquid hidden, whose quotes the compiler would take for its own
 * @throws TemplateInvalidError with the line of the source
 */
export function wrapLooseLiquid(mjml: string): ReturnType<typeof protectLiquid> {
  const { text, restore } = protectLiquid(mjml)
  const refuse = (reason: TemplateProblem, at: number, detail: string) =>
    new TemplateInvalidError({
      reason,
      line: restore(text.slice(0, at)).split('\n').length,
      detail: restore(detail).slice(0, 60),
    })
  const open: Place[] = []
  const out: string[] = []
  let at = 0
  while (at < text.length) {
    const inside = open.at(-1)
    const next = nextMark(text, at)
    if (next < 0) break
    out.push(text.slice(at, next))
    if (text[next] === '\ue000') {
      const end = text.indexOf('\ue001', next) + 1
      const piece = text.slice(next, end)
      const loose =
        restore(piece).startsWith('{%') &&
        inside !== undefined &&
        !KEEPS_CONTENT.has(inside.name) &&
        inside.name !== 'mj-head' &&
        inside.name !== 'mj-attributes'
      out.push(loose ? `<mj-raw>${piece}</mj-raw>` : piece)
      at = end
      continue
    }
    if (text.startsWith('<!--', next)) {
      const end = text.indexOf('-->', next + 4)
      at = end < 0 ? text.length : end + 3
      out.push(text.slice(next, at))
      continue
    }
    const closing = text[next + 1] === '/'
    NAME.lastIndex = next + (closing ? 2 : 1)
    const name = NAME.exec(text)?.[0]
    const keeps = inside !== undefined && KEEPS_CONTENT.has(inside.name)
    /** Inside a text is HTML, which may be written as one likes */
    if (name === undefined || !/^(?:mjml$|mj-)/.test(name)) {
      out.push('<')
      at = next + 1
      continue
    }
    const end = endOfTag(text, next)
    if (end < 0) throw refuse('mjml_quote', next, text.slice(next, next + 60))
    const tag = text.slice(next, end)
    if (closing) {
      if (inside === undefined) throw refuse('mjml_closing', next, `</${name}>`)
      if (inside.name !== name) {
        if (open.some((place) => place.name === name))
          throw refuse('mjml_open', inside.at, `<${inside.name}>`)
        throw keeps
          ? refuse('mjml_open', inside.at, `<${inside.name}>`)
          : refuse('mjml_closing', next, `</${name}>`)
      }
      open.pop()
    } else {
      if (keeps) throw refuse('mjml_open', inside.at, `<${inside.name}>`)
      if (!tag.endsWith('/>')) open.push({ name, at: next })
      if (open.length > MAX_DEPTH) throw refuse('nested', next, String(MAX_DEPTH))
    }
    out.push(tag)
    at = end
  }
  out.push(text.slice(at))
  const left = open.at(-1)
  if (left) throw refuse('mjml_open', left.at, `<${left.name}>`)
  return { text: out.join(''), restore }
}

function nextMark(text: string, at: number): number {
  for (let place = at; place < text.length; place++) {
    const character = text[place]
    if (character === '<' || character === '\ue000') return place
  }
  return -1
}

/** The place behind a tag, quotes heeded; -1 when a quote or the tag is not ended before the next tag begins */
function endOfTag(text: string, from: number): number {
  let quote = ''
  for (let at = from + 1; at < text.length; at++) {
    const character = text[at]
    if (character === '<') return -1
    if (quote !== '') {
      if (character === quote) quote = ''
    } else if (character === '"' || character === "'") quote = character
    else if (character === '>') return at + 1
  }
  return -1
}
