import { actorOf } from '#core/access/actor_of'
import { authorize } from '#core/access/authorize'
import ContactList from '#core/audience/models/contact_list'
import type { HttpContext } from '@adonisjs/core/http'
import { askForConsent } from '../brief/ask_for_consent.js'
import { consentRequestForm } from '../validators/campaign_forms.js'

/** Requests for consent: campaigns that ask the contacts of a list who have not answered yet */
export default class PortalConsentRequestsController {
  async store(ctx: HttpContext) {
    await authorize(ctx, 'campaigns.edit')
    const { account } = ctx.portal
    const form = await ctx.request.validateUsing(consentRequestForm)
    const list = await ContactList.in(account.id).where('id', form.list).firstOrFail()
    const campaign = await askForConsent({
      account,
      list: { id: list.id, name: list.name },
      i18n: ctx.i18n,
      by: actorOf(ctx),
    })
    ctx.session.flash('done', 'campaigns.consent.prepared')
    return ctx.response.redirect(`/portal/campaigns/${campaign.id}/message`)
  }
}
