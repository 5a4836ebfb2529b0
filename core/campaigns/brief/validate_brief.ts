import pluginKernel from '#core/plugins/main'
import { CampaignNotReadyError } from '../errors.js'
import type Campaign from '../models/campaign.js'

/**
 * Checks a campaign's brief against its channel's own schema.
 *
 * @returns the brief as the channel's functions expect it
 * @throws CampaignNotReadyError when a field is missing or wrong
 */
export async function validateBrief(o: {
  campaign: Pick<Campaign, 'brief' | 'channel'>
  pluginId: string
}): Promise<Readonly<Record<string, unknown>>> {
  const answer = await pluginKernel.calls.call(
    o.pluginId,
    `channels.${o.campaign.channel}.brief.validate`,
    { values: o.campaign.brief }
  )
  if (answer.valid) return answer.values
  throw new CampaignNotReadyError('brief')
}
