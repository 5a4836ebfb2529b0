import type { AudienceFacts, Estimate } from '@griot/sdk'
import { countAudience } from '#core/audience/audience_facts'
import { checkEstimate } from '#core/billing/check_estimate'
import { sql } from '#core/database/sql'
import { askedBy, runsThatAsked } from '#core/runs/consent_requests'
import { newcomersTo } from '#core/runs/newcomers'
import pluginKernel from '#core/plugins/main'
import { CampaignNotReadyError } from '../errors.js'
import { freezeContent } from './freeze_content.js'
import { validateBrief } from './validate_brief.js'
import type Campaign from '../models/campaign.js'

/** Milliseconds for a channel to gather facts from its network */
const GATHER_MS = 10_000

export type CampaignEstimate = {
  readonly estimate: Estimate
  readonly audience: {
    readonly total: number
    readonly facts: AudienceFacts
    readonly excluded: Readonly<Record<string, number>>
    readonly hash: string
  }
}

/**
 * Validates the brief, counts the audience and asks the channel's estimator for quantities. Writes nothing, and may ask the
 * channel's network: never call it inside a transaction.
 *
 * @throws CampaignNotReadyError when the brief is not complete, what it says cannot be rendered, or nobody can be reached
 * @throws ChannelUnavailableError when the channel's plugin is not running
 */
export async function estimateCampaign(campaign: Campaign): Promise<CampaignEstimate> {
  const { channel, pluginId } = pluginKernel.channel(campaign.channel)
  const brief = await validateBrief({ campaign, pluginId })
  if (channel.kind === 'messaging') await freezeContent({ campaign, channel })
  const audience = await campaignAudience(campaign)
  if (channel.kind === 'messaging' && audience.reachable === 0)
    throw new CampaignNotReadyError('nobody')

  const gathered = channel.gathers
    ? await pluginKernel.calls
        .call(pluginId, `channels.${campaign.channel}.gather`, { brief }, { timeoutMs: GATHER_MS })
        /** The kernel has counted the failure; the estimator does without what could not be gathered */
        .catch(() => undefined)
    : undefined
  const facts = { total: audience.reachable, groups: audience.groups }
  const estimate = await pluginKernel.calls.call(
    pluginId,
    `channels.${campaign.channel}.estimator`,
    { brief, audience: facts, gathered }
  )
  return {
    estimate: checkEstimate(estimate, Object.keys(channel.units)),
    audience: { total: audience.total, facts, excluded: audience.excluded, hash: audience.hash },
  }
}

/**
 * Who a campaign would reach now. A campaign for newcomers leaves out whom one of its earlier runs has; one that asks for
 * consent, whoever has answered or was asked.
 *
 * @throws CampaignNotReadyError when a messaging campaign names no list
 */
export async function campaignAudience(campaign: Campaign) {
  const { channel } = pluginKernel.channel(campaign.channel)
  if (channel.kind !== 'messaging')
    return { total: 0, reachable: 0, excluded: {}, groups: [], hash: 'none' }
  if (campaign.listIds.length === 0) throw new CampaignNotReadyError('audience')
  const earlier = campaign.newcomersOnly
    ? await sql<{ id: number }>('select id from campaign_runs where campaign_id = $1::uuid', [
        campaign.id,
      ])
    : []
  return countAudience({
    accountId: campaign.accountId,
    listIds: campaign.listIds,
    address: channel.address,
    ...(earlier.length > 0 ? { newcomers: newcomersTo(earlier.map((run) => run.id)) } : {}),
    ...(campaign.asksConsent
      ? { asking: askedBy(await runsThatAsked({ accountId: campaign.accountId })) }
      : {}),
  })
}
