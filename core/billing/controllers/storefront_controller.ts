import { plainQuery } from '#core/http/forms/plain_query'
import type { HttpContext } from '@adonisjs/core/http'
import { renderPage } from '#core/http/pages/render_page'
import { publishedServices } from '../published_services.js'

/** Currencies that the storefront tells its prices in, the first unless asked */
const CURRENCIES = ['XOF', 'XAF'] as const

/** What anybody may see: the home page and the services with their prices */
export default class StorefrontController {
  async home(ctx: HttpContext) {
    return renderPage(ctx, 'home', await this.#services(ctx))
  }

  async services(ctx: HttpContext) {
    return renderPage(ctx, 'services', await this.#services(ctx))
  }

  async #services(ctx: HttpContext) {
    const { currency: asked } = plainQuery(ctx)
    const currency = CURRENCIES.find((one) => one === asked) ?? CURRENCIES[0]
    return {
      services: await publishedServices({ locale: ctx.i18n.locale, currency }),
      currency,
      currencies: [...CURRENCIES],
    }
  }
}
