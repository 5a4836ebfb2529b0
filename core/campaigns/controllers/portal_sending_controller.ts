import { actorOf } from '#core/access/actor_of'
import { authorize } from '#core/access/authorize'
import type { HttpContext } from '@adonisjs/core/http'
import { parseMoney } from '#core/http/forms/parse_money'
import { renderPage } from '#core/http/pages/render_page'
import { approveCeiling } from '../occurrences/approve_ceiling.js'
import { changePace } from '../sending/change_pace.js'
import { findCampaign } from '../find_campaign.js'
import { readSchedule } from '#core/schedules/read_schedule'
import { WEEKDAYS } from '#core/schedules/recurrence'
import { resumeCampaign } from '../lifecycle/resume_campaign.js'
import { saveSending } from '../sending/save_sending.js'
import { sendingFromForm } from '../sending/sending_from_form.js'
import { sendingValues } from '../sending/sending_values.js'
import { ceilingForm, paceForm, sendingForm } from '../validators/sending_form.js'
import { wizardModel } from './wizard_model.js'

/** Percent that may go first */
const CANARIES = [5, 10, 20, 50]

const path = (id: string, step = '') => `/portal/campaigns/${id}${step ? `/${step}` : ''}`
/** When and how a campaign goes out: the third step of the wizard, and what may change while it goes */
export default class PortalSendingController {
  async show(ctx: HttpContext) {
    const campaign = await this.#campaign(ctx)
    const { account } = ctx.portal
    const schedule = await readSchedule({ campaignId: campaign.id, accountId: account.id })
    return renderPage(ctx, 'portal/campaigns/sending', {
      ...wizardModel(ctx, campaign, 'sending'),
      values: sendingValues({ campaign, schedule, zone: account.timezone }),
      messaging: campaign.kind === 'messaging',
      weekdays: [...WEEKDAYS],
      canaries: CANARIES,
      zones: Intl.supportedValuesOf('timeZone').map((zone) => ({
        value: zone,
        label: zone.replaceAll('_', ' '),
      })),
      accountRules: {
        quietFrom: account.quietFrom?.slice(0, 5) ?? null,
        quietUntil: account.quietUntil?.slice(0, 5) ?? null,
        capMessages: account.capMessages,
        capDays: account.capDays,
      },
    })
  }

  async save(ctx: HttpContext) {
    await authorize(ctx, 'campaigns.edit')
    const form = await ctx.request.validateUsing(sendingForm)
    const campaign = await this.#campaign(ctx)
    const sending = sendingFromForm({
      form: {
        ...form,
        starts_at: form.starts_at ?? null,
        every: form.every ?? null,
        interval: form.interval ?? null,
        weekdays: form.weekdays ?? [],
        month_on: form.month_on ?? null,
        rule: form.rule ?? null,
        newcomers_every: form.newcomers_every ?? null,
        end: form.end ?? null,
        until: form.until ?? null,
        count: form.count ?? null,
        pace: form.pace ?? null,
        deadline: form.deadline ?? null,
        quiet_from: form.quiet_from ?? null,
        quiet_until: form.quiet_until ?? null,
        cap_messages: form.cap_messages ?? null,
        cap_days: form.cap_days ?? null,
        canary: form.canary ?? null,
      },
      messaging: campaign.kind === 'messaging',
      now: ctx.now,
    })
    await saveSending({ campaign, sending })
    return ctx.response.redirect(path(campaign.id, 'review'))
  }

  async pace(ctx: HttpContext) {
    await authorize(ctx, 'campaigns.launch')
    const campaign = await this.#campaign(ctx)
    const { pace } = await ctx.request.validateUsing(paceForm)
    await changePace({ campaign, perHour: pace ?? null, by: actorOf(ctx) })
    ctx.session.flash('done', 'campaigns.done.pace')
    return ctx.response.redirect(path(campaign.id))
  }

  /** Approves a new ceiling and, where the form says so, lets the campaign go on that waited for it */
  async ceiling(ctx: HttpContext) {
    await authorize(ctx, 'campaigns.launch')
    const campaign = await this.#campaign(ctx)
    const form = await ctx.request.validateUsing(ceilingForm)
    const ceiling = parseMoney(form.ceiling, ctx.portal.account.currency)
    await approveCeiling({ campaign, ceiling, by: actorOf(ctx) })
    if (form.resume) await resumeCampaign({ campaign, by: actorOf(ctx), now: ctx.now })
    ctx.session.flash('done', 'campaigns.done.ceiling')
    return ctx.response.redirect(path(campaign.id))
  }

  #campaign(ctx: HttpContext) {
    return findCampaign(ctx.portal.account.id, String(ctx.params.id))
  }
}
