import router from '@adonisjs/core/services/router'
import { middleware } from '#start/kernel'
import { openLiveChannels } from './live/live_channels.js'

const PortalDashboard = () => import('./controllers/portal_dashboard_controller.js')
const PortalReports = () => import('./controllers/portal_reports_controller.js')
const Health = () => import('./controllers/health_controller.js')
const AdminDashboard = () => import('./controllers/admin_dashboard_controller.js')

/** The first pages of portal and admin, reports, files, and the channels of live progress */
export function registerReportingRoutes(): void {
  router
    .group(() => {
      router.get('/', [PortalDashboard, 'show'])
      router.get('/campaigns/:id/report', [PortalReports, 'show'])
      router.get('/campaigns/:id/report.csv', [PortalReports, 'csv'])
      router.get('/wallet/movements.csv', [PortalReports, 'movements'])
    })
    .prefix('/portal')
    .use(middleware.portal())

  router.get('/health', [Health, 'show'])
  router.get('/health/live', [Health, 'live'])
  router.get('/health/ready', [Health, 'ready'])
  router.get('/metrics', [Health, 'metrics'])
  router.get('/admin', [AdminDashboard, 'show']).use(middleware.admin())
  openLiveChannels()
}
