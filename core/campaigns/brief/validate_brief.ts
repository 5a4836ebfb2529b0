import type { Channel } from '@griot/sdk'
import { errors } from '@vinejs/vine'
import { CampaignNotReadyError } from '../errors.js'
import type Campaign from '../models/campaign.js'

/**
 * Checks a campaign's brief against its channel's own schema.
 *
 * @returns the brief as the channel's functions expect it
 * @throws CampaignNotReadyError when a field is missing or wrong
 */
export async function validateBrief(o: {
  campaign: Pick<Campaign, 'brief'>
  channel: Channel
}): Promise<Record<string, unknown>> {
  try {
    return (await o.channel.brief.validate(o.campaign.brief)) as Record<string, unknown>
  } catch (error) {
    if (error instanceof errors.E_VALIDATION_ERROR) throw new CampaignNotReadyError('brief')
    throw error
  }
}
