import type { HttpContext } from '@adonisjs/core/http'

export const LOCALES = ['fr', 'en'] as const
export type PageLocale = (typeof LOCALES)[number]

export const COLOUR_MODES = ['light', 'dark', 'auto'] as const
export type ColourMode = (typeof COLOUR_MODES)[number]

/** Two cookies that hold no secret: a word each, readable by the page */
const LOCALE_COOKIE = 'locale'
const COLOUR_COOKIE = 'colour_mode'

/** Browsers keep no cookie longer than 400 days */
const COOKIE = {
  encode: false,
  httpOnly: true,
  sameSite: 'lax',
  maxAge: '400d',
  path: '/',
} as const

/**
 * The language of a request: what the person chose, else what their browser asks for, else French.
 */
export function localeOf(request: HttpContext['request']): PageLocale {
  const chosen = request.plainCookie(LOCALE_COOKIE, { encoded: false })
  if (isLocale(chosen)) return chosen
  return request.language([...LOCALES]) === 'en' ? 'en' : 'fr'
}

/** Light, dark, or as the device says */
export function colourModeOf(request: HttpContext['request']): ColourMode {
  const chosen = request.plainCookie(COLOUR_COOKIE, { encoded: false })
  return isColourMode(chosen) ? chosen : 'auto'
}

export function rememberLocale(response: HttpContext['response'], locale: PageLocale): void {
  response.plainCookie(LOCALE_COOKIE, locale, COOKIE)
}

export function rememberColourMode(response: HttpContext['response'], mode: ColourMode): void {
  response.plainCookie(COLOUR_COOKIE, mode, COOKIE)
}

export function isLocale(value: unknown): value is PageLocale {
  return (LOCALES as readonly unknown[]).includes(value)
}

export function isColourMode(value: unknown): value is ColourMode {
  return (COLOUR_MODES as readonly unknown[]).includes(value)
}
