import router from '@adonisjs/core/services/router'
import { middleware } from '#start/kernel'

const PortalWallet = () => import('./controllers/portal_wallet_controller.js')
const AdminWallets = () => import('./controllers/admin_wallets_controller.js')

/** The wallet in the portal; the wallet of a client and its credit in the admin */
export function registerLedgerRoutes(): void {
  router.get('/portal/wallet', [PortalWallet, 'show']).use(middleware.portal())

  router
    .group(() => {
      router.get('/wallet', [AdminWallets, 'show'])
      router.get('/credit', [AdminWallets, 'form'])
      router.post('/credit', [AdminWallets, 'credit'])
    })
    .prefix('/admin/clients/:id')
    .use(middleware.admin())
}
