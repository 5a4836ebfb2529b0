import router from '@adonisjs/core/services/router'
import { pageFacts } from '#core/http/pages/page_facts'
import { membershipsOf } from '#core/identity/accounts/memberships'
import { middleware } from '#start/kernel'

const Settings = () => import('./controllers/portal_settings_controller.js')
const Members = () => import('./controllers/portal_members_controller.js')
const Clients = () => import('./controllers/admin_clients_controller.js')
const Staff = () => import('./controllers/admin_staff_controller.js')

/** Settings and members in the portal; clients and staff in the admin */
export function registerAccessRoutes(): void {
  /** For the switcher of accounts in every page of the portal */
  pageFacts.add('accounts', async (ctx) => {
    if (!ctx.portal) return []
    const memberships = await membershipsOf(ctx.portal.user.id)
    return memberships.map((one) => ({ id: one.accountId, name: one.accountName }))
  })

  router
    .group(() => {
      router.get('/', [Settings, 'show'])
      router.post('/account', [Settings, 'account'])
      router.post('/sending', [Settings, 'sending'])
      router.post('/profile', [Settings, 'profile'])
      router.post('/password', [Settings, 'password'])
      router.get('/members', [Members, 'index'])
      router.post('/members', [Members, 'store'])
      router.post('/members/:id', [Members, 'update'])
      router.post('/members/:id/remove', [Members, 'destroy'])
      router.post('/invitations/:id/again', [Members, 'again'])
      router.post('/invitations/:id/withdraw', [Members, 'withdraw'])
    })
    .prefix('/portal/settings')
    .use(middleware.portal())

  router
    .group(() => {
      router.get('/clients', [Clients, 'index'])
      router.get('/clients/:id', [Clients, 'show'])
      router.post('/clients/:id/suspend', [Clients, 'suspend'])
      router.post('/clients/:id/restore', [Clients, 'restore'])
      router.get('/staff', [Staff, 'index'])
      router.get('/staff/new', [Staff, 'new'])
      router.post('/staff', [Staff, 'store'])
      router.post('/staff/:id', [Staff, 'update'])
      router.post('/staff/:id/disable', [Staff, 'disable'])
      router.post('/staff/:id/enable', [Staff, 'enable'])
    })
    .prefix('/admin')
    .use(middleware.admin())
}
