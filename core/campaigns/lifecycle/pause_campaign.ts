import { inTransaction } from '#core/database/in_transaction'
import type { Actor } from '#core/database/actor'
import { changeState, type Happening } from './change_state.js'
import { queueControl } from './queue_control.js'

type Control = {
  campaign: { id: string; accountId: string }
  by: Actor
  why?: string
  happened?: Happening
}

/**
 * Pauses a campaign that runs or waits for its time. Workers compare the state at each window, so at most the windows in flight
 * still go.
 *
 * @param o.happened what made the platform pause it, when no person did
 * @throws CampaignStateError when it neither runs nor waits
 */
export async function pauseCampaign(o: Control): Promise<void> {
  await inTransaction(async (trx) => {
    await changeState({
      campaignId: o.campaign.id,
      accountId: o.campaign.accountId,
      from: ['running', 'scheduled'],
      to: 'paused',
      by: o.by,
      why: o.why,
      ...(o.happened ? { happened: o.happened } : {}),
      trx,
    })
    await queueControl({ campaignId: o.campaign.id, trx })
  })
}
