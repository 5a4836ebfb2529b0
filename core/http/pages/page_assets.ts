import app from '@adonisjs/core/services/app'
import logger from '@adonisjs/core/services/logger'
import { RELOAD_SCRIPT } from './reload_script.js'
import { safeHtml, type SafeHtml } from './safe_html.js'

/** The two files that every page loads; charts and live progress are loaded by the script when they are needed */
const ENTRY_POINTS = ['resources/css/app.css', 'resources/js/app.js']

/**
 * The tags of the style sheet and of the script, from the manifest of the build or from the development server.
 *
 * @param nonce - the nonce of the response's CSP; '' when it has none
 */
export async function assetTags(nonce: string): Promise<SafeHtml> {
  try {
    const vite = await app.container.make('vite')
    const tags = await vite.generateEntryPointsTags(ENTRY_POINTS, nonce ? { nonce } : {})
    const reload = process.env.GRIOT_DEV
      ? [`<script src="${RELOAD_SCRIPT}" nonce="${nonce}" defer></script>`]
      : []
    return safeHtml([...tags.map(String), ...reload].join('\n'))
  } catch (error) {
    logger.warn({ err: error }, 'Pages have no style: build the assets with `vite build`')
    return safeHtml('')
  }
}

/** Gives the address of one built asset; the path itself when the build does not have it */
export async function assetResolver(): Promise<(path: string) => string> {
  const vite = await app.container.make('vite')
  return (path) => {
    try {
      return vite.assetPath(path)
    } catch {
      return `/${path.replace(/^\/+/, '')}`
    }
  }
}
