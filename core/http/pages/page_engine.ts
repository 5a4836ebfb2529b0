import type { HttpContext } from '@adonisjs/core/http'
import type { SafeHtml } from './safe_html.js'
import type { ViewHelpers } from './view_helpers.js'
import type { PageFactValues } from './page_facts.js'

/** What pages are told of the active theme */
export type PageTheme = {
  readonly id: string
  /** The name of the platform as the operator writes it */
  readonly name: string
  readonly logo: string | null
  readonly settings: Readonly<Record<string, string | number | boolean | null>>
  /** The theme's style sheets and its settings as custom properties, ready for the head */
  readonly head: SafeHtml | null
}

/**
 * Renders the pages that themes may change. `core/themes` provides it: themes stand above http, so http asks for it
 * without knowing it.
 */
export interface PageEngine {
  theme(o: { nonce: string }): Promise<PageTheme>
  render(o: {
    ctx: HttpContext
    template: string
    model: object
    page: PageFactValues
    helpers: ViewHelpers
  }): Promise<string>
}

/** What pages show before a theme was chosen, and when themes cannot be read */
export const PLAIN_THEME: PageTheme = {
  id: 'base',
  name: 'Griot',
  logo: null,
  settings: {},
  head: null,
}

let engine: PageEngine | null = null

/** Called once at boot by `core/themes/register_themes` */
export function usePageEngine(provided: PageEngine): void {
  engine = provided
}

export function pageEngine(): PageEngine | null {
  return engine
}
