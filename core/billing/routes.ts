import router from '@adonisjs/core/services/router'
import { middleware } from '#start/kernel'

const Storefront = () => import('./controllers/storefront_controller.js')
const AdminServices = () => import('./controllers/admin_services_controller.js')

/** The storefront; services and their prices in the admin */
export function registerBillingRoutes(): void {
  router.get('/', [Storefront, 'home'])
  router.get('/services', [Storefront, 'services'])

  router
    .group(() => {
      router.get('/', [AdminServices, 'index'])
      router.post('/', [AdminServices, 'store'])
      router.get('/:id', [AdminServices, 'show'])
      router.post('/:id', [AdminServices, 'update'])
      router.post('/:id/publish', [AdminServices, 'publish'])
      router.post('/:id/unpublish', [AdminServices, 'unpublish'])
      router.post('/:id/rates', [AdminServices, 'addRate'])
    })
    .prefix('/admin/services')
    .use(middleware.admin())
}
