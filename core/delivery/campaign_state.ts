import type { CampaignState } from '#core/campaigns/lifecycle/states'
import { deliveryPool } from '#core/runs/delivery_pool'
import type { Run } from '#core/runs/run'

/** The state of a run's campaign now; null when it was deleted */
export async function campaignState(run: Run): Promise<CampaignState | null> {
  const { rows } = await deliveryPool().query<{ state: CampaignState }>(
    'select state from campaigns where id = $1',
    [run.campaignId]
  )
  return rows.at(0)?.state ?? null
}
