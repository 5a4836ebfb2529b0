import router from '@adonisjs/core/services/router'
import { middleware } from '#start/kernel'

const Engine = () => import('./controllers/admin_engine_controller.js')

export function registerDeliveryRoutes(): void {
  router
    .group(() => {
      router.get('/', [Engine, 'show'])
      router.post('/unstick', [Engine, 'unstick'])
      router.post('/unblock', [Engine, 'unblock'])
    })
    .prefix('/admin/engine')
    .use(middleware.admin())
}
