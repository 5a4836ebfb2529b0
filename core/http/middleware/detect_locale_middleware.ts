import { I18n } from '@adonisjs/i18n'
import i18nManager from '@adonisjs/i18n/services/main'
import { RequestValidator, type HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { validationMessages } from '../forms/say_problems.js'
import { localeOf } from '../pages/preferences.js'

/**
 * Gives each request a translator: the language the person chose, else the browser's, else French.
 */
export default class DetectLocaleMiddleware {
  static {
    RequestValidator.messagesProvider = (ctx) => validationMessages(ctx.i18n)
  }

  handle(ctx: HttpContext, next: NextFn) {
    ctx.i18n = i18nManager.locale(localeOf(ctx.request))
    ctx.containerResolver.bindValue(I18n, ctx.i18n)
    return next()
  }
}

declare module '@adonisjs/core/http' {
  interface HttpContext {
    i18n: I18n
  }
}
