import { sql } from '#core/database/sql'

export type StoryLine = {
  readonly at: Date
  readonly from: string | null
  readonly to: string
  readonly by: string
  readonly why: string
}

/** Who moved a campaign on, when and why; oldest first */
export async function campaignStory(o: {
  accountId: string
  campaignId: string
}): Promise<StoryLine[]> {
  return sql<StoryLine>(
    `select at, from_state "from", to_state "to", by_name "by", why from campaign_changes where campaign_id = $1::uuid and account_id = $2::uuid order by id`,
    [o.campaignId, o.accountId]
  )
}
