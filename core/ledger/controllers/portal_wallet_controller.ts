import { plainQuery } from '#core/http/forms/plain_query'
import { authorize } from '#core/access/authorize'
import type { HttpContext } from '@adonisjs/core/http'
import mail from '@adonisjs/mail/services/main'
import { renderPage } from '#core/http/pages/render_page'
import { movementRows } from '../movement_rows.js'
import { walletPage } from '../wallet_page.js'

/** The wallet in the portal: what there is, what moved, how to add to it */
export default class PortalWalletController {
  async show(ctx: HttpContext) {
    await authorize(ctx, 'wallet.view')
    const { account } = ctx.portal
    const { cursor } = plainQuery(ctx)
    const page = await walletPage({
      accountId: account.id,
      currency: account.currency,
      cursor: typeof cursor === 'string' ? cursor : null,
    })
    return renderPage(ctx, 'portal/wallet/index', {
      totals: page.totals,
      movements: movementRows(page.movements, '/portal/campaigns'),
      next: page.next,
      previous: page.previous,
      from: page.from,
      to: page.to,
      contact: contactAddress(mail.config.from),
      reference: account.id.slice(-8).toUpperCase(),
    })
  }
}

/** Where people write to the operator: the address that the platform's own mail comes from */
function contactAddress(from: string | { readonly address: string } | undefined): string {
  return typeof from === 'string' ? from : (from?.address ?? '')
}
