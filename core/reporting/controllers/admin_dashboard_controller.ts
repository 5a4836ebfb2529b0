import type { HttpContext } from '@adonisjs/core/http'
import { renderPage } from '#core/http/pages/render_page'
import { adminDashboard } from '../dashboards/admin_dashboard.js'

/** The first page of the admin */
export default class AdminDashboardController {
  async show(ctx: HttpContext) {
    const dashboard = await adminDashboard({ now: ctx.now })
    const locale = ctx.i18n.locale === 'en' ? 'en' : 'fr'
    return renderPage(ctx, 'admin/dashboard/index', {
      ...dashboard,
      plugins: dashboard.plugins.map((plugin) => ({ ...plugin, title: plugin.title[locale] })),
    })
  }
}
