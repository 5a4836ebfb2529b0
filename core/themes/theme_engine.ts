import { join } from 'node:path'
import { Edge } from 'edge.js'
import { plainModel } from '#core/http/forms/plain_model'
import type { TagContract } from 'edge.js/types'
import { MustacheTypes } from 'edge-lexer'
import type { TagToken, Token } from 'edge-lexer/types'
import { checkTemplate, type TemplateReport } from './check_template.js'
import { MAX_OUTPUT, ThemeTemplate, type PartialCache } from './theme_template.js'
import { ThemeLoader, type TemplateRoot } from './theme_loader.js'
import { THEME_TAGS } from './theme_grammar.js'
import { E_THEME_BUDGET, E_THEME_INCLUDE_CYCLE, E_THEME_UNSAFE } from './errors.js'
import type { Theme } from './theme.js'

/** A function that templates may call */
export type Helper = (...values: never[]) => unknown

/** Where in the kernel's views a theme may look: components serve admin and themes alike */
const SHARED = 'components/'

/** Told when a theme's own template failed and its parent's was shown */
export type OnFailure = (failure: { theme: string; template: string; cause: Error }) => void

/**
 * Renders the templates of one theme and its parents, in an Edge instance of their own.
 *
 * Edge runs JavaScript and its usual instance shares the application and its configuration with every template. This one
 * shares nothing: what goes in is a frozen plain model and the registered helpers, what may be written is checked before
 * it is compiled, and what comes out has a size.
 *
 * @example
 * const engine = new ThemeEngine({ chain, views, helpers: HELPER_NAMES, cache: true })
 * const html = await engine.render('home', { services }, { page, helpers })
 */
export class ThemeEngine {
  #levels: readonly ThemeLevel[]
  #onFailure: OnFailure

  /**
   * @param o.chain - the theme, its parent, the base
   * @param o.views - `resources/views`, of which only `components/` is seen
   * @param o.helpers - names of the functions that will be given to `render`
   * @param o.cache - whether compiled templates are kept
   */
  constructor(o: {
    chain: readonly Theme[]
    views: string
    helpers: ReadonlySet<string>
    cache: boolean
    onFailure?: OnFailure
  }) {
    this.#onFailure = o.onFailure ?? (() => {})
    this.#levels = o.chain.map((theme, index) => {
      const roots: TemplateRoot[] = o.chain
        .slice(index)
        .map(({ directory, bundled }) => ({ directory: join(directory, 'templates'), bundled }))
      return new ThemeLevel({
        theme: theme.manifest.id,
        roots: [...roots, { directory: o.views, only: SHARED, bundled: true }],
        helpers: o.helpers,
        cache: o.cache,
      })
    })
  }

  /** Whether any theme of the chain has the template */
  has(template: string): boolean {
    return this.#levels[0].has(template)
  }

  /**
   * Renders a page. When the theme's own template fails, the parent's is tried, so that a bad child theme costs its looks
   * and not the page.
   *
   * @param template - a name such as `portal/lists/index`
   * @param model - plain data for the page
   * @param shared - plain data and helpers that every component sees too
   * @throws the first error, when every level failed
   */
  async render(
    template: string,
    model: object,
    shared: { page: object; helpers: Readonly<Record<string, Helper>> }
  ): Promise<string> {
    const state = plainModel(model)
    const page = plainModel(shared.page)
    let first: Error | null = null

    for (const level of this.#levels) {
      try {
        return await level.render(template, state, { ...shared.helpers, page })
      } catch (cause) {
        first ??= cause as Error
        if (level !== this.#levels.at(-1)) {
          this.#onFailure({ theme: level.theme, template, cause: cause as Error })
        }
      }
    }
    throw first
  }
}

/**
 * One theme of the chain as a starting point: its Edge instance looks in it, then in its parents.
 */
class ThemeLevel {
  readonly theme: string
  #edge: Edge
  #loader: ThemeLoader
  #definitions: Record<string, TagContract>
  #helpers: ReadonlySet<string>
  #partials: PartialCache | null
  #reports = new Map<string, { source: string; report: TemplateReport }>()

  constructor(o: {
    theme: string
    roots: readonly TemplateRoot[]
    helpers: ReadonlySet<string>
    cache: boolean
  }) {
    this.theme = o.theme
    this.#helpers = o.helpers
    this.#partials = o.cache ? new Map() : null
    this.#loader = new ThemeLoader(o.theme, o.roots)
    this.#edge = Edge.create({ loader: this.#loader, cache: o.cache })

    /*
    | The gate must see forbidden tags to name them; the compiler must not know them
    */
    this.#definitions = { ...this.#edge.tags }
    for (const name of Object.keys(this.#edge.tags)) {
      if (!THEME_TAGS.has(name)) delete this.#edge.tags[name]
    }
    this.#edge.tags.each = countedEach(this.#edge.tags.each)
    this.#edge.tags.let = weighedLet(this.#edge.tags.let)
    this.#edge.processor.process('raw', ({ raw, path }) => this.#guard(path, raw))
  }

  has(template: string): boolean {
    return this.#loader.has(template)
  }

  async render(template: string, model: object, shared: object): Promise<string> {
    const page: ThemeTemplate = new ThemeTemplate(
      this.#edge,
      {
        ...shared,
        $turn: (length: number) => page.turn(length),
        $weighed: (value: unknown) => page.weighed(value),
      },
      this.#partials
    )
    const html = await page.render<Promise<string>>(template, model)
    if (html.length > MAX_OUTPUT) {
      throw new E_THEME_BUDGET(['its length', MAX_OUTPUT])
    }
    return html
  }

  /** Called with each template before it is compiled */
  #guard(name: string, source: string): string {
    const { issues } = this.#report(name, source, this.#isBundled(name))
    if (issues.length > 0) {
      const words = issues.map((issue) => `${issue.code} line ${issue.line} (${issue.detail})`)
      throw new E_THEME_UNSAFE([name, words.join(', ')])
    }
    this.#refuseCycle([name])
    return source
  }

  #isBundled(name: string): boolean {
    return this.#loader.has(name) && this.#loader.resolve(name).bundled
  }

  #report(name: string, source: string, bundled: boolean): TemplateReport {
    const known = this.#reports.get(name)
    if (known?.source === source) {
      return known.report
    }
    const report = checkTemplate({
      source,
      name,
      tags: this.#definitions,
      helpers: this.#helpers,
      bundled,
    })
    this.#reports.set(name, { source, report })
    return report
  }

  /** Follows what a template uses; a template met twice on the way would recurse for ever */
  #refuseCycle(path: readonly string[]): void {
    const name = path[path.length - 1]
    if (path.indexOf(name) < path.length - 1) {
      throw new E_THEME_INCLUDE_CYCLE([path.join(' → ')])
    }
    if (!this.#loader.has(name)) {
      return
    }
    const { template, bundled } = this.#loader.resolve(name)
    new Set(this.#report(name, template, bundled).uses).forEach((used) =>
      this.#refuseCycle([...path, used])
    )
  }
}

/**
 * Edge's `@each`, which also counts its turns.
 */
function countedEach(each: TagContract): TagContract {
  return {
    ...each,
    compile(parser, buffer, token) {
      token.children.unshift({
        type: MustacheTypes.SMUSTACHE,
        filename: token.filename,
        loc: token.loc,
        properties: { jsArg: `$turn(${rawLength(token)})` },
      })
      each.compile(parser, buffer, token)
    },
  }
}

/** Edge's `@let`, whose value is weighed: thirty of them, each twice the one before, are a thousand million */
function weighedLet(tag: TagContract): TagContract {
  return {
    ...tag,
    compile(parser, buffer, token) {
      const { jsArg } = token.properties
      const at = jsArg.indexOf('=')
      token.properties.jsArg = `${jsArg.slice(0, at + 1)} $weighed(${jsArg.slice(at + 1)})`
      tag.compile(parser, buffer, token)
    },
  }
}

/** How many characters a turn prints at the most without any expression; inner loops count themselves */
function rawLength(token: TagToken): number {
  return token.children.reduce((sum: number, child: Token) => {
    if (child.type === 'raw') return sum + child.value.length
    if (child.type === 'tag' && child.properties.name !== 'each') return sum + rawLength(child)
    return sum + 1
  }, 0)
}
