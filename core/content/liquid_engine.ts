import { Liquid, type Template } from 'liquidjs'

/**
 * Limits of one template. They are cooperative safeguards of the engine, not isolation: enough against mistakes and
 * known attacks, and every template is rendered once when it is saved.
 */
const LIMITS = {
  /** Characters of source */
  parseLimit: 400_000,
  /** Milliseconds of one rendering */
  renderLimit: 200,
  /** Characters and items that filters may make */
  memoryLimit: 5_000_000,
}

/** Filters that would undo the escaping of what contacts and clients wrote */
const REMOVED_FILTERS = ['raw']

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
  return engine
}

const forHtml = lockedEngine(true)
const forText = lockedEngine(false)

/** How a piece of content is shown: `html` is escaped, `line` and `text` are plain */
export type ContentKind = 'line' | 'text' | 'html'

export type ParsedContent = { readonly engine: Liquid; readonly nodes: Template[] }

/**
 * Parses content once; rendering is then a walk.
 * @throws the engine's ParseError with line and column
 */
export function parseContent(source: string, kind: ContentKind): ParsedContent {
  const engine = kind === 'html' ? forHtml : forText
  return { engine, nodes: engine.parse(source) }
}

/**
 * Renders parsed content with plain data. Fields that are not there show as nothing; what a field contains is printed
 * as it stands, also when it looks like Liquid.
 * @throws the engine's RenderError, when a limit was passed
 */
export function renderContent(parsed: ParsedContent, variables: object): string {
  return parsed.engine.renderSync(parsed.nodes, variables) as string
}
