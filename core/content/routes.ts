import router from '@adonisjs/core/services/router'
import { middleware } from '#start/kernel'

const Templates = () => import('./controllers/portal_templates_controller.js')

/** Templates in the portal */
export function registerContentRoutes(): void {
  router
    .group(() => {
      router.get('/', [Templates, 'index'])
      router.get('/new', [Templates, 'new'])
      router.post('/', [Templates, 'store'])
      router.post('/preview', [Templates, 'previewDraft'])
      router.get('/:id', [Templates, 'show'])
      router.post('/:id', [Templates, 'update'])
      router.get('/:id/preview', [Templates, 'preview'])
      router.post('/:id/archive', [Templates, 'archive'])
      router.post('/:id/restore', [Templates, 'restore'])
    })
    .prefix('/portal/templates')
    .use(middleware.portal())
}
