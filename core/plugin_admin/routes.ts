import router from '@adonisjs/core/services/router'
import { middleware } from '#start/kernel'

const controller = () => import('./controllers/admin_plugins_controller.js')

/** Pages of the plugins in the admin. What the outside sends to plugins comes in by webhooks_middleware.ts */
export function registerPluginRoutes() {
  router
    .group(() => {
      router.get('/', [controller, 'index']).as('admin.plugins.index')
      router.get('/:id', [controller, 'show']).as('admin.plugins.show')
      router.get('/:id/install', [controller, 'confirmInstall']).as('admin.plugins.confirm_install')
      router.post('/:id/install', [controller, 'install']).as('admin.plugins.install')
      router.get('/:id/upgrade', [controller, 'confirmUpgrade']).as('admin.plugins.confirm_upgrade')
      router.post('/:id/upgrade', [controller, 'upgrade']).as('admin.plugins.upgrade')
      router.post('/:id/enable', [controller, 'enable']).as('admin.plugins.enable')
      router.post('/:id/disable', [controller, 'disable']).as('admin.plugins.disable')
      router.post('/:id/resume', [controller, 'resume']).as('admin.plugins.resume')
      router.post('/:id/check', [controller, 'check']).as('admin.plugins.check')
      router.post('/:id/uninstall', [controller, 'uninstall']).as('admin.plugins.uninstall')
      router.post('/:id/settings', [controller, 'saveSettings']).as('admin.plugins.save_settings')
      router.get('/:id/pages/:page', [controller, 'page']).as('admin.plugins.page')
    })
    .prefix('/admin/plugins')
    .where('id', /^[a-z][a-z0-9_]{1,30}$/)
    .where('page', /^[a-z][a-z0-9_]{0,40}$/)
    .use(middleware.admin())
}
