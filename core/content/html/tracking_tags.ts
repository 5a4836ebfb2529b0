import {
  Tag,
  type Context,
  type Emitter,
  type Liquid,
  type Parser,
  type TagToken,
  type Template,
  type TopLevelToken,
} from 'liquidjs'
import { cleanDeclarations, cleanStyleSheet } from './clean_css.js'
import { isOwnLink, type OwnLinks } from './own_links.js'
import { decodeOurs, escapeAll } from './safe_text.js'
import { safeValue } from './html_allowed.js'
import { webAddress } from './web_address.js'

type Tracking = {
  /** Address that counts a click on the link with this index, then leads on; null when it cannot be counted */
  link(index: number, target?: string): string | null
  readonly pixel: string | null
  readonly hidden: string | null
}

type Given = { readonly tracking?: Tracking; readonly links?: OwnLinks }

/** Where the kernel's own things stand among the variables: a template can name no symbol */
export const GIVEN = Symbol('given by the kernel')

const givenTo = (context: Context): Given =>
  (context.environments as { [GIVEN]?: Given })[GIVEN] ?? {}

/** The address of a link that is the same for everybody, by its index */
class TrackedLink extends Tag {
  readonly #index: number

  constructor(token: TagToken, rest: TopLevelToken[], engine: Liquid) {
    super(token, rest, engine)
    this.#index = Number(token.args)
  }

  render(context: Context, out: Emitter): void {
    out.write(givenTo(context).tracking?.link(this.#index) ?? '')
  }
}

/** Content between a tag and its end, rendered in the scope in which it stands */
abstract class Block extends Tag {
  readonly #inside: Template[] = []

  constructor(token: TagToken, rest: TopLevelToken[], engine: Liquid, parser: Parser) {
    super(token, rest, engine)
    while (rest.length > 0) {
      const next = rest.shift() as TopLevelToken
      if ((next as Partial<TagToken>).name === `end${token.name}`) return
      this.#inside.push(parser.parseToken(next, rest))
    }
    throw new Error(`tag ${token.getText()} not closed`)
  }

  abstract show(text: string, context: Context): string

  *render(context: Context, out: Emitter): Generator<unknown, void, unknown> {
    const html = (yield this.liquid.renderer.renderTemplates(this.#inside, context)) as string
    out.write(this.show(decodeOurs(html), context))
  }
}

/**
 * The value of an attribute in which Liquid stands, looked at when it is known: `href="java{{ x }}"` says what it is only then. With an index it
 * is a link to track, as it reads for this person: what leads to the web becomes ours and carries where it leads; the message's own links, and what is no web
 * address, stay as they are.
 */
class Attribute extends Block {
  readonly #name: string
  readonly #index: number | null

  constructor(token: TagToken, rest: TopLevelToken[], engine: Liquid, parser: Parser) {
    super(token, rest, engine, parser)
    const [name, index] = token.args.split(' ')
    this.#name = name
    this.#index = index === undefined ? null : Number(index)
  }

  show(value: string, context: Context): string {
    const { tracking, links } = givenTo(context)
    const safe = this.#name === 'style' ? cleanDeclarations(value) : safeValue(this.#name, value)
    if (this.#index === null || !tracking || isOwnLink(safe, links)) return escapeAll(safe)
    const target = webAddress(safe)
    return escapeAll((target !== null && tracking.link(this.#index, target)) || safe)
  }
}

/** A style sheet in which Liquid stands */
class StyleSheet extends Block {
  show(css: string): string {
    return cleanStyleSheet(css)
  }
}

/**
 * A link out of sight, of the keyboard and of screen readers, then the pixel; each where there is one. Whoever follows the link
 * reads the source. It has no text, so it is no text to hide.
 */
class TrackingMarks extends Tag {
  render(context: Context, out: Emitter): void {
    const { hidden = null, pixel = null } = givenTo(context).tracking ?? {}
    if (hidden !== null)
      out.write(
        `<a href="${hidden}" tabindex="-1" aria-hidden="true" rel="nofollow" style="display:none"></a>`
      )
    if (pixel !== null)
      out.write(`<img src="${pixel}" width="1" height="1" alt="" style="display:block;border:0">`)
  }
}

/** How frozen content says where a link leads that is the same for everybody */
export const trackedLink = (index: number) => `{% tracked_link ${index} %}`

/** How compiled content holds a value with Liquid inside; with an index it is a link to track */
export const checkedAttribute = (name: string, value: string, index: number | null = null) =>
  `{% attribute ${name}${index === null ? '' : ` ${index}`} %}${value}{% endattribute %}`

export const checkedStyleSheet = (css: string) => `{% stylesheet %}${css}{% endstylesheet %}`

/** What frozen HTML has before the end of its body */
export const TRACKING_MARKS = '{% tracking_marks %}'

const OUR_MARKS = /\{% (?:end)?(?:attribute|stylesheet)(?: [\w:-]+)?(?: \d+)? %\}/g

/** The value as the author wrote it, out of compiled content */
export const withoutMarks = (value: string) => value.replace(OUR_MARKS, '')

/**
 * Teaches an engine the marks of compiled content. A message has a dozen of them: as tags of their own they are one call each,
 * where a variable is a walk of generators.
 */
export function addChecks(engine: Liquid): void {
  engine.registerTag('attribute', Attribute)
  engine.registerTag('stylesheet', StyleSheet)
}

/** Teaches an engine the marks of frozen content beside those */
export function addTrackingTags(engine: Liquid): void {
  engine.registerTag('tracked_link', TrackedLink)
  engine.registerTag('tracking_marks', TrackingMarks)
}
