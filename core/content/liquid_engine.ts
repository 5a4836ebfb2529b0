import { Context, Liquid, type Template } from 'liquidjs'
import { decodeLiquidEntities } from './decode_liquid_entities.js'
import { refuseOpenQuotes } from './refuse_open_quotes.js'
import { RenderSteps } from './render_steps.js'
import { addTrackingTags } from './tracking_tags.js'

/**
 * Limits of one template. They are cooperative safeguards of the engine, not isolation: enough against mistakes and
 * known attacks, and every template is rendered once when it is saved.
 */
const LIMITS = {
  /** Characters of source */
  parseLimit: 400_000,
  /** Characters and items that filters may make */
  memoryLimit: 5_000_000,
}

/** Filters that would undo the escaping of what contacts and clients wrote */
const REMOVED_FILTERS = ['raw']
/** `{% raw %}{{ <script> }}{% endraw %}` would print what rewrite_html.ts took for Liquid and did not look at */
const REMOVED_TAGS = ['raw']

/**
 * Client-written content is Liquid, never Edge: Edge runs JavaScript. No files (`templates: {}` takes the file system
 * away, with which `{% render %}` reads source files), own properties alone, unknown filters refused.
 */
function lockedEngine(escape: boolean): Liquid {
  const engine = new Liquid({
    templates: {},
    ownPropertyOnly: true,
    strictFilters: true,
    relativeReference: false,
    outputEscape: escape ? 'escape' : undefined,
    ...LIMITS,
  })
  for (const name of REMOVED_FILTERS) delete engine.filters[name]
  for (const name of REMOVED_TAGS) delete engine.tags[name]
  return engine
}

const forHtml = lockedEngine(true)
const forFrozen = lockedEngine(true)
addTrackingTags(forFrozen)
const forText = lockedEngine(false)

/**
 * How a piece of content is shown: `html` is escaped, `line` and `text` are plain. `frozen` is HTML with our own marks in it: nobody
 * can write them into a template, where they are unknown tags
 */
export type ContentKind = 'line' | 'text' | 'html' | 'frozen'

export type ParsedContent = { readonly engine: Liquid; readonly nodes: Template[] }

/**
 * Parses content once; rendering is then a walk. Editors of HTML write `{% if contact.age &gt; 18 %}`: inside the Liquid of
 * an HTML part entities are what they stand for.
 * @throws the engine's ParseError with line and column
 */
export function parseContent(source: string, kind: ContentKind): ParsedContent {
  if (kind === 'line' || kind === 'text') return { engine: forText, nodes: forText.parse(source) }
  const html = decodeLiquidEntities(source)
  refuseOpenQuotes(html)
  const engine = kind === 'frozen' ? forFrozen : forHtml
  return { engine, nodes: engine.parse(html) }
}

/**
 * Renders parsed content with plain data. Fields that are not there show as nothing; what a field contains is printed
 * as it stands, also when it looks like Liquid.
 * @throws the engine's RenderError, when a limit was passed
 */
export function renderContent(parsed: ParsedContent, variables: object): string {
  const context = new Context(
    variables,
    parsed.engine.options,
    { sync: true },
    { renderLimit: new RenderSteps(), liquid: parsed.engine }
  )
  return parsed.engine.renderSync(parsed.nodes, context) as string
}
