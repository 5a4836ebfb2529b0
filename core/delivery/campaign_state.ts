import type { CampaignState } from '#core/campaigns/states'
import { deliveryPool } from './pool.js'
import type { Run } from './run_snapshot.js'

/** The state of a run's campaign now; null when it was deleted */
export async function campaignState(run: Run): Promise<CampaignState | null> {
  const { rows } = await deliveryPool().query<{ state: CampaignState }>(
    'select state from campaigns where id = $1',
    [run.campaignId]
  )
  return rows.at(0)?.state ?? null
}
