import { isUuid } from '#core/database/uuid'
import { CampaignNotFoundError } from './errors.js'
import Campaign from './models/campaign.js'

/**
 * A campaign of an account. One of another account is "not found", the same as one that never was.
 *
 * @throws CampaignNotFoundError
 */
export async function findCampaign(accountId: string, id: string): Promise<Campaign> {
  const campaign = isUuid(id) ? await Campaign.in(accountId).where('id', id).first() : null
  if (!campaign) throw new CampaignNotFoundError('No such campaign')
  return campaign
}

/**
 * A campaign of any account, for the admin.
 *
 * @param why one phrase for the reader of the code
 * @throws CampaignNotFoundError
 */
export async function findAnyCampaign(id: string, why: string): Promise<Campaign> {
  const campaign = isUuid(id) ? await Campaign.acrossAccounts(why).where('id', id).first() : null
  if (!campaign) throw new CampaignNotFoundError('No such campaign')
  return campaign
}
