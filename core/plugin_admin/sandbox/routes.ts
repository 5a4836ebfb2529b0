import router from '@adonisjs/core/services/router'
import { middleware } from '#start/kernel'

const Sandbox = () => import('./controllers/admin_sandbox_controller.js')

/** What the simulators received, in the admin */
export function registerSandboxRoutes(): void {
  router
    .group(() => {
      router.get('/', [Sandbox, 'index'])
      router.post('/empty', [Sandbox, 'empty'])
      router.get('/:id', [Sandbox, 'show'])
      router.get('/:id/html', [Sandbox, 'html'])
      router.get('/:id/raw', [Sandbox, 'raw'])
    })
    .prefix('/admin/sandbox')
    .use(middleware.admin())
}
