import { Context, Liquid, Tag, type TagToken, type Template } from 'liquidjs'
import { chargeFilters, costOf } from './charge_filters.js'
import { decodeLiquidEntities } from './decode_liquid_entities.js'
import { TemplateInvalidError } from '../errors.js'
import { explainLiquidError } from './explain_liquid_error.js'
import { refuseDeepLiquid } from './refuse_deep_liquid.js'
import { refuseOpenQuotes } from './refuse_open_quotes.js'
import { renderLimits } from './render_steps.js'
import { decodeOurs, escapeAll, SafeHtml } from '../html/safe_text.js'
import { addChecks, addTrackingTags } from '../html/tracking_tags.js'

/** Characters that the engine reads at most: what a template of MAX_SOURCE can become once it is frozen */
const MAX_PARSED = 4_000_000

/** Filters that would undo the escaping of what contacts and clients wrote */
const REMOVED_FILTERS = ['raw']
/** `{% raw %}{{ <script> }}{% endraw %}` would print what rewrite_html.ts took for Liquid and did not look at */
const REMOVED_TAGS = ['raw']
/** Tags that read other files: there are none here */
const FILE_TAGS = ['include', 'render', 'layout', 'block']

type Shown = 'html' | 'text'

/**
 * Client-written content is Liquid, never Edge: Edge runs JavaScript. No files (`templates: {}` takes the file system
 * away, with which `{% render %}` reads source files), own properties alone, unknown filters refused.
 */
function lockedEngine(shown: Shown): Liquid {
  const engine = new Liquid({
    templates: {},
    ownPropertyOnly: true,
    strictFilters: true,
    relativeReference: false,
    outputEscape: shown === 'html' ? asHtml : asText,
    parseLimit: MAX_PARSED,
  })
  for (const name of REMOVED_FILTERS) delete engine.filters[name]
  for (const name of REMOVED_TAGS) delete engine.tags[name]
  for (const name of FILE_TAGS) engine.registerTag(name, refusedTag(name))
  escapeOnce(engine, shown)
  chargeFilters(engine)
  if (shown === 'html') keepCaptures(engine)
  return engine
}

/** What an output prints: escaped, unless it is in order already */
function asHtml(value: unknown): string {
  if (value instanceof SafeHtml) return value.valueOf()
  return escapeAll(asText(value))
}

function asText(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return ''
  if (value instanceof SafeHtml) return value.valueOf()
  if (Array.isArray(value)) {
    costOf(value)
    return value.map(asText).join('')
  }
  return String((value as { valueOf(): unknown }).valueOf())
}

/** In HTML what these filters give is escaped and is not escaped again; in plain text there is nothing to escape */
function escapeOnce(engine: Liquid, shown: Shown): void {
  const safe = (change: (text: string) => string) => (value: unknown) =>
    shown === 'html' ? new SafeHtml(change(asText(value))) : asText(value)
  for (const name of ['escape', 'xml_escape']) engine.registerFilter(name, safe(escapeAll))
  engine.registerFilter(
    'escape_once',
    safe((text) => escapeAll(decodeOurs(text)))
  )
  engine.registerFilter('newline_to_br', (value: unknown) =>
    shown === 'html' ? new SafeHtml(asHtml(value).replace(/\r?\n/g, '<br>\n')) : asText(value)
  )
}

declare class CaptureTag extends Tag {
  readonly variable: string
  render(context: Context): Generator<unknown, void, unknown>
}

/** A captured piece keeps its tags: its own outputs were escaped when it was captured */
function keepCaptures(engine: Liquid): void {
  const Capture = engine.tags.capture as unknown as new (...args: unknown[]) => CaptureTag
  engine.registerTag(
    'capture',
    class extends Capture {
      override *render(context: Context): Generator<unknown, void, unknown> {
        yield* super.render(context)
        const scope = context.bottom() as Record<string, unknown>
        scope[this.variable] = new SafeHtml(String(scope[this.variable]))
      }
    } as never
  )
}

function refusedTag(name: string) {
  return {
    parse(this: unknown, token: TagToken) {
      throw new TemplateInvalidError({
        reason: 'tag_of_files',
        line: token.getPosition()[0],
        detail: name,
      })
    },
    render() {},
  }
}

const forSource = lockedEngine('html')
const forHtml = lockedEngine('html')
addChecks(forHtml)
const forFrozen = lockedEngine('html')
addChecks(forFrozen)
addTrackingTags(forFrozen)
const forText = lockedEngine('text')

/**
 * How a piece of content is shown: `html` is escaped, `line` and `text` are plain. `source` is what an author wrote; `html` was compiled from it
 * and `frozen` for one run: they have our own marks in them, which are unknown tags to an author.
 */
export type ContentKind = 'line' | 'text' | 'source' | 'html' | 'frozen'

export type ParsedContent = { readonly engine: Liquid; readonly nodes: Template[] }

const ENGINES: Readonly<Record<ContentKind, Liquid>> = {
  line: forText,
  text: forText,
  source: forSource,
  html: forHtml,
  frozen: forFrozen,
}

/**
 * Parses content once; rendering is then a walk. Editors of HTML write `{% if contact.age &gt; 18 %}`: inside the Liquid of
 * an HTML part entities are what they stand for.
 * @throws TemplateInvalidError with the line
 */
export function parseContent(source: string, kind: ContentKind): ParsedContent {
  const engine = ENGINES[kind]
  const plain = kind === 'line' || kind === 'text'
  const text = plain ? source : decodeLiquidEntities(source)
  refuseDeepLiquid(text)
  if (!plain) refuseOpenQuotes(text)
  try {
    return { engine, nodes: engine.parse(text) }
  } catch (error) {
    throw explainLiquidError(error)
  }
}

/** Own properties alone also of what was captured: it has none but its length */
class LockedContext extends Context {
  override readProperty(object: never, key: never): unknown {
    const one: unknown = object
    return super.readProperty((one instanceof SafeHtml ? one.valueOf() : one) as never, key)
  }
}

/**
 * Renders parsed content with plain data. Fields that are not there show as nothing; what a field contains is printed
 * as it stands, also when it looks like Liquid.
 * @throws TemplateInvalidError when a limit was passed
 */
export function renderContent(parsed: ParsedContent, variables: object): string {
  const context = new LockedContext(
    variables,
    parsed.engine.options,
    { sync: true },
    { ...renderLimits(), liquid: parsed.engine }
  )
  try {
    return parsed.engine.renderSync(parsed.nodes, context) as string
  } catch (error) {
    throw explainLiquidError(error)
  }
}
