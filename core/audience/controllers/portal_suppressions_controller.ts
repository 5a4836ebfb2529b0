import { plainQuery } from '#core/http/forms/plain_query'
import { allows, authorize } from '#core/access/authorize'
import type { HttpContext } from '@adonisjs/core/http'
import { keysetPage } from '#core/database/keyset'
import { renderPage } from '#core/http/pages/render_page'
import Suppression from '../models/suppression.js'
import { suppressAddress } from '../consent/suppress_address.js'
import { unsuppressAddress } from '../consent/unsuppress_address.js'
import { suppressionForm } from '../validators/audience_forms.js'

/** Addresses that must not be written to again, in the portal */
export default class PortalSuppressionsController {
  async index(ctx: HttpContext) {
    await authorize(ctx, 'contacts.view')
    const { q, cursor } = plainQuery(ctx)
    const search = typeof q === 'string' ? q.trim().slice(0, 100) : ''
    const query = Suppression.in(ctx.portal.account.id)
    if (search) void query.whereILike('address', `%${search.replace(/[\\%_]/g, '\\$&')}%`)
    const page = await keysetPage<Suppression>({
      query,
      cursor: typeof cursor === 'string' ? cursor : null,
    })
    return renderPage(ctx, 'portal/suppressions/index', {
      rows: page.rows.map((row) => ({
        address: row.address,
        reason: row.reason,
        createdAt: row.createdAt.toJSDate(),
      })),
      next: page.next,
      previous: page.previous,
      search,
      mayEdit: allows(ctx, 'contacts.edit'),
    })
  }

  async store(ctx: HttpContext) {
    await authorize(ctx, 'contacts.edit')
    const { account } = ctx.portal
    const form = await ctx.request.validateUsing(suppressionForm)
    const address = await suppressAddress({
      accountId: account.id,
      address: form.address,
      reason: 'manual',
      source: 'portal',
      country: account.country,
    })
    ctx.session.flash('done', { key: 'audience.suppressions.added', data: { address } })
    return ctx.response.redirect().back()
  }

  async destroy(ctx: HttpContext) {
    await authorize(ctx, 'contacts.edit')
    const { account } = ctx.portal
    const { address } = await ctx.request.validateUsing(suppressionForm)
    await unsuppressAddress({ accountId: account.id, address, country: account.country })
    ctx.session.flash('done', { key: 'audience.suppressions.removed', data: { address } })
    return ctx.response.redirect().back()
  }
}
