import { sql } from '#core/database/sql'
import type { CampaignState } from '../lifecycle/states.js'

export type Became = {
  readonly what: 'paid' | 'launched' | 'abandoned' | 'cancelled' | 'failed'
  readonly at: Date
  readonly by: string
}

/** The change that took a campaign out of its wizard: the first that launched it, or the one that ended it */
const CHANGE: Readonly<
  Record<CampaignState, { what: Became['what']; to: CampaignState[] } | null>
> = {
  draft: null,
  quoted: null,
  paid: { what: 'paid', to: ['paid'] },
  scheduled: { what: 'launched', to: ['scheduled', 'running'] },
  running: { what: 'launched', to: ['scheduled', 'running'] },
  paused: { what: 'launched', to: ['scheduled', 'running'] },
  finished: { what: 'launched', to: ['scheduled', 'running'] },
  cancelled: { what: 'cancelled', to: ['cancelled'] },
  failed: { what: 'failed', to: ['failed'] },
}

/** What became of a campaign that is no draft any more, when and by whom; null for a draft */
export async function whatBecame(campaign: {
  readonly id: string
  readonly accountId: string
  readonly state: CampaignState
}): Promise<Became | null> {
  const change = CHANGE[campaign.state]
  if (!change) return null
  const [row] = await sql<{ at: Date; by: string; from: string | null }>(
    `select at, by_name "by", from_state "from" from campaign_changes
      where campaign_id = $1::uuid and account_id = $2::uuid and to_state = any($3::text[])
        and from_state is distinct from to_state
      order by id limit 1`,
    [campaign.id, campaign.accountId, change.to]
  )
  if (!row) return null
  const dropped = change.what === 'cancelled' && (row.from === 'draft' || row.from === 'quoted')
  return { what: dropped ? 'abandoned' : change.what, at: row.at, by: row.by }
}
