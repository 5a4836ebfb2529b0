import { plainQuery } from '#core/http/forms/plain_query'
import { actorOf } from '#core/access/actor_of'
import { allows, authorize } from '#core/access/authorize'
import type { HttpContext } from '@adonisjs/core/http'
import { renderPage } from '#core/http/pages/render_page'
import { countUnasked } from '../consent/declare_consent.js'
import { countAudience } from '../audience_facts.js'
import { createList } from '../lists/create_list.js'
import { deleteList } from '../lists/delete_list.js'
import ContactList from '../models/contact_list.js'
import { renameList } from '../lists/rename_list.js'
import { searchLists } from '../lists/search_lists.js'
import { listForm } from '../validators/audience_forms.js'

/** Lists of contacts in the portal */
export default class PortalListsController {
  async index(ctx: HttpContext) {
    await authorize(ctx, 'contacts.view')
    const { q, cursor } = plainQuery(ctx)
    const search = typeof q === 'string' ? q.trim().slice(0, 200) : ''
    const page = await searchLists({
      accountId: ctx.portal.account.id,
      search,
      cursor: typeof cursor === 'string' ? cursor : null,
    })
    return renderPage(ctx, 'portal/lists/index', {
      lists: [...page.rows],
      next: page.next,
      previous: page.previous,
      search,
      mayEdit: allows(ctx, 'contacts.edit'),
    })
  }

  async new(ctx: HttpContext) {
    await authorize(ctx, 'contacts.edit')
    return renderPage(ctx, 'portal/lists/new', {})
  }

  async store(ctx: HttpContext) {
    await authorize(ctx, 'contacts.edit')
    const { account } = ctx.portal
    const { name } = await ctx.request.validateUsing(listForm)
    const list = await createList({
      accountId: account.id,
      name,
      by: actorOf(ctx),
    })
    ctx.session.flash('done', 'audience.lists.created')
    return ctx.response.redirect(`/portal/contacts/lists/${list.id}`)
  }

  async show(ctx: HttpContext) {
    await authorize(ctx, 'contacts.view')
    const accountId = ctx.portal.account.id
    const list = await ContactList.in(accountId).where('id', String(ctx.params.id)).firstOrFail()
    const [email, phone, unasked] = await Promise.all([
      countAudience({ accountId, listIds: [list.id], address: 'email' }),
      countAudience({ accountId, listIds: [list.id], address: 'phone' }),
      countUnasked({ accountId, listId: list.id }),
    ])
    return renderPage(ctx, 'portal/lists/show', {
      list: { id: list.id, name: list.name, createdAt: list.createdAt.toJSDate() },
      total: email.total,
      unasked,
      reach: [
        { address: 'email', reachable: email.reachable, ...email.excluded },
        { address: 'phone', reachable: phone.reachable, ...phone.excluded },
      ],
      mayEdit: allows(ctx, 'contacts.edit'),
    })
  }

  async rename(ctx: HttpContext) {
    await authorize(ctx, 'contacts.edit')
    const accountId = ctx.portal.account.id
    const listId = String(ctx.params.id)
    await ContactList.in(accountId).where('id', listId).firstOrFail()
    const { name } = await ctx.request.validateUsing(listForm)
    await renameList({ accountId, listId, name })
    ctx.session.flash('done', 'audience.lists.renamed')
    return ctx.response.redirect(`/portal/contacts/lists/${listId}`)
  }

  async destroy(ctx: HttpContext) {
    await authorize(ctx, 'contacts.edit')
    await deleteList({ accountId: ctx.portal.account.id, listId: String(ctx.params.id) })
    ctx.session.flash('done', 'audience.lists.deleted')
    return ctx.response.redirect('/portal/contacts/lists')
  }
}
