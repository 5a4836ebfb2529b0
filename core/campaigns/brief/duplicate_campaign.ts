import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import Service from '#core/billing/models/service'
import type { Actor } from '#core/database/actor'
import { createCampaign } from './create_campaign.js'
import { ServiceWithdrawnError } from '../errors.js'
import { findCampaign } from '../find_campaign.js'
import type Campaign from '../models/campaign.js'

/** Characters of a campaign's name at most, as its form allows */
const LONGEST_NAME = 160

/**
 * Begins a new draft that says the same to the same lists. Nothing of the first one's price, money or results comes along.
 *
 * @param o.name what the copy is called
 * @param o.listIds other lists to say it to
 * @throws CampaignNotFoundError when the account has no such campaign
 * @throws ServiceWithdrawnError when its service is not for sale any more
 */
export async function duplicateCampaign(o: {
  campaign: { id: string; accountId: string }
  name: (original: string) => string
  listIds?: readonly string[]
  by: Actor
  trx?: TransactionClientContract
}): Promise<Campaign> {
  const original = await findCampaign(o.campaign.accountId, o.campaign.id)
  const service = await Service.query()
    .where('id', original.serviceId)
    .where('status', 'published')
    .first()
  if (!service) throw new ServiceWithdrawnError('The service of this campaign is not published')
  return createCampaign({
    accountId: original.accountId,
    service,
    name: o.name(original.name).slice(0, LONGEST_NAME).trim(),
    brief: original.brief,
    listIds: o.listIds ?? original.listIds,
    asksConsent: original.asksConsent,
    by: o.by,
    trx: o.trx,
  })
}
