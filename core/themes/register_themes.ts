import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import logger from '@adonisjs/core/services/logger'
import router from '@adonisjs/core/services/router'
import { usePageEngine } from '#core/http/pages/page_engine'
import { ThemeRegistry } from './theme_registry.js'
import { ThemeSettingsStore } from './theme_settings_store.js'
import { ThemedPages } from './themed_pages.js'

/** Assets carry the time of their last change in their address */
const FOR_EVER = 'public, max-age=31536000, immutable'

/**
 * Finds the themes, gives their pages to http and serves their assets. Called once at boot, where routes are wired.
 *
 * @returns the pages, for the admin that changes the theme
 */
export async function registerThemes(): Promise<ThemedPages> {
  const registry = await ThemeRegistry.discover(
    app.makePath('themes'),
    app.config.get<string[]>('themes.bundled')
  )
  for (const { id, cause } of registry.refused) {
    logger.error({ err: cause, theme: id }, 'A theme is refused')
  }

  const pages = new ThemedPages({
    registry,
    store: new ThemeSettingsStore(db),
    views: app.viewsPath(),
    cache: app.inProduction,
    logger,
  })
  usePageEngine(pages)

  router
    .get('/theme-assets/:theme/*', ({ params, response }) => {
      const found = pages.asset(String(params.theme), (params['*'] as string[]).join('/'))
      if (!found) return response.notFound()
      response.header('content-type', found.type)
      response.header('cache-control', FOR_EVER)
      return response.stream(found.stream)
    })
    .as('themes.asset')

  return pages
}
