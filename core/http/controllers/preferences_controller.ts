import type { HttpContext } from '@adonisjs/core/http'
import { isColourMode, isLocale, rememberColourMode, rememberLocale } from '../pages/preferences.js'

/**
 * Remembers how a person wants their pages, and brings them back to where they were.
 */
export default class PreferencesController {
  locale({ request, response }: HttpContext) {
    const locale = request.input('locale')
    if (isLocale(locale)) rememberLocale(response, locale)
    return response.redirect().toPath(returnPath(request.input('to')))
  }

  colourMode({ request, response }: HttpContext) {
    const mode = request.input('mode')
    if (isColourMode(mode)) rememberColourMode(response, mode)
    return response.redirect().toPath(returnPath(request.input('to')))
  }
}

/** A path of ours; never another site */
function returnPath(to: unknown): string {
  return typeof to === 'string' && /^\/(?![/\\])[^\s\\]*$/.test(to) ? to : '/'
}
