import router from '@adonisjs/core/services/router'
import { middleware } from '#start/kernel'

const Portal = () => import('./controllers/portal_campaigns_controller.js')
const Sending = () => import('./controllers/portal_sending_controller.js')
const Admin = () => import('./controllers/admin_campaigns_controller.js')

export function registerCampaignRoutes(): void {
  router
    .group(() => {
      router.get('/', [Portal, 'index'])
      router.post('/', [Portal, 'store'])
      router.get('/new', [Portal, 'new'])
      router.get('/:id', [Portal, 'show'])
      router.get('/:id/audience', [Portal, 'audience'])
      router.post('/:id/audience', [Portal, 'saveAudience'])
      router.get('/:id/message', [Portal, 'message'])
      router.post('/:id/message', [Portal, 'saveMessage'])
      router.get('/:id/sending', [Sending, 'show'])
      router.post('/:id/sending', [Sending, 'save'])
      router.post('/:id/pace', [Sending, 'pace'])
      router.post('/:id/ceiling', [Sending, 'ceiling'])
      router.get('/:id/review', [Portal, 'review'])
      router.post('/:id/quote', [Portal, 'quote'])
      router.post('/:id/launch', [Portal, 'launch'])
      router.post('/:id/pause', [Portal, 'pause'])
      router.post('/:id/resume', [Portal, 'resume'])
      router.post('/:id/cancel', [Portal, 'cancel'])
      router.post('/:id/duplicate', [Portal, 'duplicate'])
    })
    .prefix('/portal/campaigns')
    .use(middleware.portal())

  router
    .group(() => {
      router.get('/', [Admin, 'index'])
      router.get('/:id', [Admin, 'show'])
      router.post('/:id/pause', [Admin, 'pause'])
    })
    .prefix('/admin/campaigns')
    .use(middleware.admin())
}
