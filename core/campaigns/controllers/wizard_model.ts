import { allows } from '#core/access/authorize'
import type { HttpContext } from '@adonisjs/core/http'
import { campaignSteps, type Step } from '../brief/campaign_steps.js'
import type Campaign from '../models/campaign.js'

/** What every page of the wizard shows: the campaign and the rail of steps */
export function wizardModel(ctx: HttpContext, campaign: Campaign, current: Step) {
  const mayEdit = allows(ctx, 'campaigns.edit')
  return {
    campaign: plainCampaign(campaign),
    mayEdit,
    steps: campaignSteps({ campaign, current, mayEdit, t: (key) => ctx.i18n.t(key) }),
  }
}

/** A campaign as pages get it */
export function plainCampaign(campaign: Campaign) {
  return {
    id: campaign.id,
    name: campaign.name,
    state: campaign.state,
    channel: campaign.channel,
    kind: campaign.kind,
    brief: campaign.brief,
    pacePerHour: campaign.pacePerHour,
    asksConsent: campaign.asksConsent,
  }
}
