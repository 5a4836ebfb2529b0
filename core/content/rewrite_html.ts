import { RewritingStream } from 'parse5-html-rewriting-stream'
import { CLOSE, OPEN, protectLiquid } from './protect_liquid.js'

/** Elements that do something rather than say something; their content goes with them */
const REMOVED = new Set([
  'script',
  'iframe',
  'frame',
  'frameset',
  'object',
  'embed',
  'applet',
  'form',
  'input',
  'button',
  'select',
  'textarea',
  'base',
  'noscript',
  'template',
  'svg',
  'math',
  'portal',
])
/** Of these the content goes too; of the others it stays */
const REMOVED_WHOLE = new Set([
  'script',
  'iframe',
  'object',
  'embed',
  'applet',
  'noscript',
  'template',
  'svg',
  'math',
  'select',
  'textarea',
])
const VOID = new Set(['embed', 'base', 'input', 'frame'])
const ADDRESS_ATTRIBUTES = new Set([
  'href',
  'src',
  'action',
  'background',
  'xlink:href',
  'formaction',
  'poster',
])

/**
 * Goes through HTML token by token, without building a tree: a tree would move Liquid tags out of tables. Removes what
 * could run, and asks for each link of an anchor what it should become.
 *
 * @param o.link given the address as the author wrote it (Liquid inside, entities decoded); the new one, or null to
 * leave it
 */
export async function rewriteHtml(
  html: string,
  o: { link?: (address: string) => string | null } = {}
): Promise<string> {
  const { text, restore } = protectLiquid(html)
  const stream = new RewritingStream()
  let skipping: { tag: string; depth: number } | null = null

  stream.on('startTag', (token) => {
    const tag = token.tagName
    if (skipping) {
      if (tag === skipping.tag && !token.selfClosing) skipping.depth += 1
      return
    }
    if (REMOVED.has(tag)) {
      if (REMOVED_WHOLE.has(tag) && !token.selfClosing && !VOID.has(tag))
        skipping = { tag, depth: 1 }
      return
    }
    if (
      tag === 'meta' &&
      token.attrs.some(
        (attr) => attr.name === 'http-equiv' && attr.value.trim().toLowerCase() === 'refresh'
      )
    )
      return
    if (
      tag === 'link' &&
      !token.attrs.some((attr) => attr.name === 'rel' && attr.value.toLowerCase() === 'stylesheet')
    )
      return

    token.attrs = token.attrs.filter(
      (attr) =>
        !hidesLiquid(attr.name) &&
        !attr.name.startsWith('on') &&
        attr.name !== 'srcdoc' &&
        !(ADDRESS_ATTRIBUTES.has(attr.name) && isUnsafe(attr.value))
    )
    if (tag === 'a' && o.link) {
      for (const attr of token.attrs) {
        if (attr.name === 'href') attr.value = o.link(restore(attr.value)) ?? attr.value
      }
    }
    stream.emitStartTag(token)
  })
  stream.on('endTag', (token) => {
    if (skipping) {
      if (token.tagName === skipping.tag) skipping.depth -= 1
      if (skipping.depth === 0) skipping = null
      return
    }
    if (!REMOVED.has(token.tagName)) stream.emitEndTag(token)
  })
  stream.on('text', (_token, raw) => {
    if (!skipping) stream.emitRaw(raw)
  })
  stream.on('comment', (_token, raw) => {
    if (!skipping) stream.emitRaw(raw)
  })

  const chunks: string[] = []
  stream.on('data', (chunk: Buffer | string) => chunks.push(chunk.toString()))
  const ended = new Promise<void>((resolve, reject) =>
    stream.once('end', resolve).once('error', reject)
  )
  stream.end(text)
  await ended
  return restore(chunks.join(''))
}

/** Liquid among the attributes, as in `<a {% if x %}onclick=…`, would stand before a name that nobody checked: the name goes */
function hidesLiquid(name: string): boolean {
  return name.includes(OPEN) || name.includes(CLOSE)
}

/** `javascript:` and `data:` however they are spelled; pictures may be data */
function isUnsafe(address: string): boolean {
  /** Without the Liquid: `{% if x %}javascript:` and `java{{ y }}script:` are shown as what is left */
  const plain = address
    .replace(/\ue000\d+\ue001/g, '')
    .replace(/[\u0000-\u0020\u007f-\u00a0\u200b-\u200f\ufeff]/g, '')
    .toLowerCase()
  return (
    /^(javascript|vbscript|file):/.test(plain) ||
    (/^data:/.test(plain) && !/^data:image\/(png|gif|jpe?g|webp);/.test(plain))
  )
}
