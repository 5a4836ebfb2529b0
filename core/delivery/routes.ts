import router from '@adonisjs/core/services/router'
import { middleware } from '#start/kernel'

const Engine = () => import('./operations/controllers/admin_engine_controller.js')

const PortalUncertain = () => import('./uncertain/controllers/portal_uncertain_controller.js')
const AdminUncertain = () => import('./uncertain/controllers/admin_uncertain_controller.js')

/** The Engine page, and what people decide about messages of unknown outcome */
export function registerDeliveryRoutes(): void {
  router
    .group(() => {
      router.get('/', [Engine, 'show'])
      router.post('/unstick', [Engine, 'unstick'])
      router.post('/release', [Engine, 'release'])
      router.post('/unblock', [Engine, 'unblock'])
      router.post('/ceiling', [Engine, 'ceiling'])
    })
    .prefix('/admin/engine')
    .use(middleware.admin())

  router
    .group(() => {
      router.get('/', [PortalUncertain, 'show'])
      router.get('/decide', [PortalUncertain, 'confirm'])
      router.post('/', [PortalUncertain, 'decide'])
      router.post('/relaunch', [PortalUncertain, 'relaunch'])
    })
    .prefix('/portal/campaigns/:id/uncertain')
    .use(middleware.portal())

  router
    .group(() => {
      router.get('/', [AdminUncertain, 'show'])
      router.get('/decide', [AdminUncertain, 'confirm'])
      router.post('/', [AdminUncertain, 'decide'])
    })
    .prefix('/admin/campaigns/:id/uncertain')
    .use(middleware.admin())
}
