import { inTransaction } from '#core/database/in_transaction'
import type { Actor } from '#core/database/actor'
import { sql } from '#core/database/sql'
import { addJob } from '#core/jobs/add_job'
import { changeState } from './change_state.js'
import type { CampaignState } from './states.js'
import { queueControl } from './queue_control.js'
import { settleHold } from './settle_hold.js'

/**
 * Cancels a campaign for good. Without a run, the money goes back at once. With one, its end is the delivery
 * engine's: it waits for the windows in flight, then gives back the rest.
 *
 * @param o.from states it may come from; every one that is no end when absent
 * @throws CampaignStateError when it is already over, or elsewhere by now
 */
export async function cancelCampaign(o: {
  campaign: { id: string; accountId: string }
  by: Actor
  why?: string
  from?: readonly CampaignState[]
}): Promise<void> {
  await inTransaction(async (trx) => {
    await changeState({
      campaignId: o.campaign.id,
      accountId: o.campaign.accountId,
      ...(o.from ? { from: o.from } : {}),
      to: 'cancelled',
      by: o.by,
      why: o.why,
      trx,
    })
    const runs = await sql<{ id: number; kind: string }>(
      `select r.id, c.kind from campaign_runs r join campaigns c on c.id = r.campaign_id
        where r.campaign_id = $1::uuid and r.state in ('expanding', 'running')`,
      [o.campaign.id],
      trx
    )
    if (runs.length === 0) await settleHold({ campaignId: o.campaign.id, trx })
    /** What a network has spent is known when its plugin has asked; messages are counted here, whether their plugin is there or not */
    await queueControl({ campaignId: o.campaign.id, trx })
    for (const run of runs.filter((one) => one.kind === 'messaging'))
      await addJob('delivery.finish', { runId: run.id }, { key: `finish:${run.id}`, trx })
  })
}
