import type { HttpContext } from '@adonisjs/core/http'
import { componentSamples } from '../pages/component_samples.js'
import { renderPage } from '../pages/render_page.js'

/**
 * Every component in every state, for whoever writes or reviews a page. Development only.
 */
export default class AdminComponentsController {
  show(ctx: HttpContext) {
    return renderPage(ctx, 'admin/_components', componentSamples(ctx.now))
  }
}
