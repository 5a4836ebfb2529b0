import { actorOf } from '#core/access/actor_of'
import { authorize } from '#core/access/authorize'
import { isUuid } from '#core/database/uuid'
import { plainQuery } from '#core/http/forms/plain_query'
import { renderPage } from '#core/http/pages/render_page'
import type { HttpContext } from '@adonisjs/core/http'
import { countUnasked, declareConsent, isoDay } from '../consent/declare_consent.js'
import ContactList from '../models/contact_list.js'
import { declarationForm } from '../validators/audience_forms.js'

/** What an account says of the consent of many people at once, in the portal */
export default class PortalConsentsController {
  async new(ctx: HttpContext) {
    await authorize(ctx, 'contacts.edit')
    const { list } = plainQuery(ctx)
    const found = await this.#list(ctx, typeof list === 'string' && isUuid(list) ? list : null)
    return renderPage(ctx, 'portal/contacts/consent', {
      list: found ? { id: found.id, name: found.name } : null,
      unasked: await countUnasked({
        accountId: ctx.portal.account.id,
        listId: found?.id ?? null,
      }),
    })
  }

  async store(ctx: HttpContext) {
    await authorize(ctx, 'contacts.edit')
    const { list } = ctx.request.only(['list'])
    const found = await this.#list(ctx, typeof list === 'string' && isUuid(list) ? list : null)
    const form = await ctx.request.validateUsing(declarationForm)
    const count = await declareConsent({
      accountId: ctx.portal.account.id,
      listId: found?.id ?? null,
      declaration: { how: form.consent_how, givenOn: isoDay(form.consent_on) },
      by: actorOf(ctx),
    })
    ctx.session.flash('done', { key: 'audience.declaration.done', data: { count } })
    return ctx.response.redirect(found ? `/portal/contacts?list=${found.id}` : '/portal/contacts')
  }

  /** Another account's list is no list, before anything is validated */
  async #list(ctx: HttpContext, id: string | null): Promise<ContactList | null> {
    if (!id) return null
    return ContactList.in(ctx.portal.account.id).where('id', id).firstOrFail()
  }
}
