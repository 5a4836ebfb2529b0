import { allows } from '#core/access/authorize'
import type { HttpContext } from '@adonisjs/core/http'
import { closedServices } from '#core/billing/closed_services'
import { renderPage } from '#core/http/pages/render_page'
import { firstSteps } from '../dashboards/first_steps.js'
import { MOST_COUNTED, portalDashboard } from '../dashboards/portal_dashboard.js'
import { waitingRow } from '../dashboards/waiting_row.js'

/** The first page of the portal */
export default class PortalDashboardController {
  async show(ctx: HttpContext) {
    const { account } = ctx.portal
    const [dashboard, closed] = await Promise.all([
      portalDashboard({ accountId: account.id, currency: account.currency }),
      closedServices({ locale: ctx.i18n.locale }),
    ])
    const steps =
      dashboard.firstSteps &&
      firstSteps({ done: dashboard.firstSteps, t: (key) => ctx.i18n.t(key) })
    return renderPage(ctx, 'portal/dashboard/index', {
      closed,
      balance: dashboard.balance,
      running: dashboard.running,
      finished: dashboard.finished,
      waiting: dashboard.waiting.map(waitingRow),
      contacts: dashboard.contacts,
      mostCounted: MOST_COUNTED,
      steps,
      nextStep: steps?.find((step) => step.state === 'current') ?? null,
      mayEdit: allows(ctx, 'campaigns.edit'),
    })
  }
}
