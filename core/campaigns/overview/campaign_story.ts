import { sql } from '#core/database/sql'

export type StoryLine = {
  readonly at: Date
  readonly from: string | null
  readonly to: string
  readonly by: string
  readonly why: string
  /** What happened besides, as words of `campaigns.happened` */
  readonly what: string | null
  readonly data: Readonly<Record<string, unknown>>
}

/** Lines that a page shows: a campaign that recurs writes two for each of its runs */
const LINES = 100

/** Who moved a campaign on, when and why: the last hundred changes, oldest first */
export async function campaignStory(o: {
  accountId: string
  campaignId: string
}): Promise<StoryLine[]> {
  return sql<StoryLine>(
    `select at, "from", "to", by, why, what, data from (
       select id, at, from_state "from", to_state "to", by_name "by", why, what, data
         from campaign_changes
        where campaign_id = $1::uuid and account_id = $2::uuid order by id desc limit $3) latest
          order by id`,
    [o.campaignId, o.accountId, LINES]
  )
}
