import { plainQuery } from '#core/http/forms/plain_query'
import { allows, authorize } from '../authorize.js'
import type { HttpContext } from '@adonisjs/core/http'
import { renderPage } from '#core/http/pages/render_page'
import Account from '#core/identity/models/account'
import { membersOf } from '#core/identity/accounts/members'
import { searchClients } from '../search_clients.js'
import { setAccountStatus } from '../suspend_account.js'

/** Client companies, for the operator */
export default class AdminClientsController {
  async index(ctx: HttpContext) {
    const { q, cursor, status } = plainQuery(ctx)
    const search = typeof q === 'string' ? q.trim().slice(0, 100) : ''
    const only = status === 'active' || status === 'suspended' ? status : null
    const page = await searchClients({
      search,
      status: only,
      cursor: typeof cursor === 'string' ? cursor : null,
    })
    return renderPage(ctx, 'admin/clients/index', {
      clients: page.rows.map(clientRow),
      next: page.next,
      previous: page.previous,
      search,
      status: only,
    })
  }

  async show(ctx: HttpContext) {
    const account = await Account.findOrFail(String(ctx.params.id))
    return renderPage(ctx, 'admin/clients/show', {
      client: {
        ...clientRow(account),
        address: account.address,
        timezone: account.timezone,
        locale: account.locale,
        currency: account.currency,
      },
      members: [...(await membersOf(account.id))],
      maySuspend: allows(ctx, 'clients.suspend'),
    })
  }

  async suspend(ctx: HttpContext) {
    await authorize(ctx, 'clients.suspend')
    const account = await setAccountStatus({
      accountId: String(ctx.params.id),
      status: 'suspended',
    })
    ctx.session.flash('done', { key: 'access.clients.suspended', data: { name: account.name } })
    return ctx.response.redirect(`/admin/clients/${account.id}`)
  }

  async restore(ctx: HttpContext) {
    await authorize(ctx, 'clients.suspend')
    const account = await setAccountStatus({ accountId: String(ctx.params.id), status: 'active' })
    ctx.session.flash('done', { key: 'access.clients.restored', data: { name: account.name } })
    return ctx.response.redirect(`/admin/clients/${account.id}`)
  }
}

function clientRow(account: Account) {
  return {
    id: account.id,
    name: account.name,
    country: account.country,
    currency: account.currency,
    status: account.status,
    createdAt: account.createdAt.toJSDate(),
  }
}
