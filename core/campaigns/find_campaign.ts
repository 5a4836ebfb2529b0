import { CampaignNotFoundError } from './errors.js'
import Campaign from './models/campaign.js'

/**
 * A campaign of an account. One of another account is "not found", the same as one that never was.
 *
 * @throws CampaignNotFoundError
 */
export async function findCampaign(accountId: string, id: string): Promise<Campaign> {
  const campaign = /^[0-9a-f-]{36}$/.test(id)
    ? await Campaign.in(accountId).where('id', id).first()
    : null
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
  const campaign = /^[0-9a-f-]{36}$/.test(id)
    ? await Campaign.acrossAccounts(why).where('id', id).first()
    : null
  if (!campaign) throw new CampaignNotFoundError('No such campaign')
  return campaign
}
