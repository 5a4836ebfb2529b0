import router from '@adonisjs/core/services/router'
import { middleware } from '#start/kernel'

const Portal = () => import('./controllers/portal_campaigns_controller.js')
const Sending = () => import('./controllers/portal_sending_controller.js')
const ConsentRequests = () => import('./controllers/portal_consent_requests_controller.js')
const Admin = () => import('./controllers/admin_campaigns_controller.js')

export function registerCampaignRoutes(): void {
  router
    .group(() => {
      router.get('/', [Portal, 'index'])
      router.post('/', [Portal, 'store'])
      router.get('/new', [Portal, 'new'])
      router.post('/consent-requests', [ConsentRequests, 'store'])
      router.get('/:id', [Portal, 'show'])
      router.post('/:id/launch', [Portal, 'launch']).use(middleware.draft({ also: ['paid'] }))
      router.post('/:id/pace', [Sending, 'pace'])
      router.post('/:id/ceiling', [Sending, 'ceiling'])
      router.post('/:id/pause', [Portal, 'pause'])
      router.post('/:id/resume', [Portal, 'resume'])
      router.post('/:id/cancel', [Portal, 'cancel'])
      router.post('/:id/duplicate', [Portal, 'duplicate'])
    })
    .prefix('/portal/campaigns')
    .use(middleware.portal())

  router
    .group(() => {
      router.get('/audience', [Portal, 'audience'])
      router.post('/audience', [Portal, 'saveAudience'])
      router.get('/message', [Portal, 'message'])
      router.post('/message', [Portal, 'saveMessage'])
      router.get('/sending', [Sending, 'show'])
      router.post('/sending', [Sending, 'save'])
      router.get('/review', [Portal, 'review'])
      router.post('/quote', [Portal, 'quote'])
      router.post('/abandon', [Portal, 'abandon'])
    })
    .prefix('/portal/campaigns/:id')
    .use([middleware.portal(), middleware.draft()])

  router
    .group(() => {
      router.get('/', [Admin, 'index'])
      router.get('/:id', [Admin, 'show'])
      router.post('/:id/pause', [Admin, 'pause'])
    })
    .prefix('/admin/campaigns')
    .use(middleware.admin())
}
