import { createReadStream } from 'node:fs'
import type { HttpContext } from '@adonisjs/core/http'
import type { Logger } from '@adonisjs/core/logger'
import type { PageEngine, PageTheme } from '#core/http/pages/page_engine'
import { escapeHtml, safeHtml } from '#core/http/pages/safe_html'
import { HELPER_NAMES, type ViewHelpers } from '#core/http/pages/view_helpers'
import type { PageFactValues } from '#core/http/pages/page_facts'
import i18nManager from '@adonisjs/i18n/services/main'
import { ASSET_TYPES, themeAssetFile, themeAssetUrl } from './theme_assets.js'
import { THEME_PREFIX, themeMessages, type ThemeMessages } from './theme_locales.js'
import {
  effectiveSettings,
  settingsOf,
  settingsToCss,
  type ThemeSettings,
} from './theme_settings.js'
import { ThemeEngine, type Helper } from './theme_engine.js'
import type { Theme } from './theme.js'
import { BASE_THEME, type ThemeRegistry } from './theme_registry.js'
import type { ThemeSettingsStore } from './theme_settings_store.js'

/** A change that another process made is seen within this time */
const REFRESH_MS = 10_000

/** The active theme with all that was read for it */
type Active = {
  readonly chain: readonly Theme[]
  readonly engine: ThemeEngine
  readonly settings: ThemeSettings
  readonly css: string
  readonly readAt: number
}

/**
 * The pages of the active theme.
 */
export class ThemedPages implements PageEngine {
  #registry: ThemeRegistry
  #store: ThemeSettingsStore
  #views: string
  #cache: boolean
  #logger: Logger
  #now: () => number
  #active: Active | null = null
  #engines = new Map<string, ThemeEngine>()
  #messages = new Map<string, ThemeMessages>()

  /**
   * @param o.views - `resources/views`
   * @param o.cache - keep compiled templates and words; false in development
   * @param o.now - milliseconds
   */
  constructor(o: {
    registry: ThemeRegistry
    store: ThemeSettingsStore
    views: string
    cache: boolean
    logger: Logger
    now?: () => number
  }) {
    this.#registry = o.registry
    this.#store = o.store
    this.#views = o.views
    this.#cache = o.cache
    this.#logger = o.logger
    this.#now = o.now ?? Date.now
  }

  get registry(): ThemeRegistry {
    return this.#registry
  }

  /** Reads the choice and the settings anew at the next page; call it after a change */
  refresh(): void {
    this.#active = null
  }

  async theme({ nonce }: { nonce: string }): Promise<PageTheme> {
    const { chain, settings, css } = await this.#read()
    const sheets = [...chain]
      .reverse()
      .flatMap((theme) => (theme.manifest.css ?? []).map((name) => themeAssetUrl([theme], name)))
      .filter((address) => address !== null)
      .map((address) => `<link rel="stylesheet" href="${escapeHtml(address)}">`)
    const style = css ? `<style${nonce ? ` nonce="${escapeHtml(nonce)}"` : ''}>${css}</style>` : ''
    const head = [...sheets, style].join('')

    return {
      id: chain[0].manifest.id,
      name: textOf(settings.site_name) ?? 'Griot',
      logo: textOf(settings.logo),
      settings,
      head: head ? safeHtml(head) : null,
    }
  }

  async render(o: {
    ctx: HttpContext
    template: string
    model: object
    page: PageFactValues
    helpers: ViewHelpers
  }): Promise<string> {
    const { chain, engine } = await this.#read()
    const locale = String(o.page.locale)
    const messages = this.#messagesOf(chain, locale)
    const i18n = o.ctx.i18n ?? i18nManager.locale(locale)

    const helpers = {
      ...o.helpers,
      t: (key: string, data: Record<string, unknown> = {}) => {
        if (!key.startsWith(THEME_PREFIX)) return o.helpers.t(key, data)
        return Object.hasOwn(messages, key) ? i18n.formatRawMessage(messages[key], data) : key
      },
      asset: (name: string) => themeAssetUrl(chain, name) ?? o.helpers.asset(name),
    }
    return engine.render(o.template, o.model, {
      page: o.page,
      helpers: helpers as unknown as Record<string, Helper>,
    })
  }

  /** A file of a theme for the browser, or null */
  asset(theme: string, name: string) {
    if (!this.#registry.has(theme)) return null
    const file = themeAssetFile(this.#registry.get(theme), name)
    if (!file) return null
    return {
      type: ASSET_TYPES[name.slice(name.lastIndexOf('.') + 1)],
      stream: createReadStream(file),
    }
  }

  async #read(): Promise<Active> {
    if (this.#active && this.#now() - this.#active.readAt < REFRESH_MS) {
      return this.#active
    }
    const { chain, stored } = await this.#choice()
    const declared = settingsOf(chain)
    const settings = effectiveSettings(declared, stored)

    this.#active = {
      chain,
      engine: this.#engineOf(chain),
      settings,
      css: settingsToCss(declared, settings),
      readAt: this.#now(),
    }
    return this.#active
  }

  /** The operator's choice; the base when there is none, or when it cannot be read or used */
  async #choice(): Promise<{ chain: readonly Theme[]; stored: Readonly<Record<string, unknown>> }> {
    try {
      const id = (await this.#store.activeTheme()) ?? BASE_THEME
      const chain = this.#registry.chain(id)
      settingsOf(chain)
      return { chain, stored: await this.#store.read(id) }
    } catch (error) {
      this.#logger.error(
        { err: error },
        'The chosen theme cannot be used; pages show the base theme'
      )
      return { chain: this.#registry.chain(BASE_THEME), stored: {} }
    }
  }

  #engineOf(chain: readonly Theme[]): ThemeEngine {
    const { id } = chain[0].manifest
    const known = this.#engines.get(id)
    if (known) return known

    const engine = new ThemeEngine({
      chain,
      views: this.#views,
      helpers: HELPER_NAMES,
      cache: this.#cache,
      onFailure: ({ theme, template, cause }) =>
        this.#logger.error(
          { err: cause, theme, template },
          'A template failed; its parent is shown'
        ),
    })
    this.#engines.set(id, engine)
    return engine
  }

  #messagesOf(chain: readonly Theme[], locale: string): ThemeMessages {
    const key = `${chain[0].manifest.id} ${locale}`
    const known = this.#cache ? this.#messages.get(key) : undefined
    if (known) return known

    const messages = themeMessages(chain, locale)
    this.#messages.set(key, messages)
    return messages
  }
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
