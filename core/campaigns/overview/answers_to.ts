import { countAnswers } from '#core/audience/consent/answer_request'
import { sql } from '#core/database/sql'

/** How many people answered a campaign that asks for their consent, by all of its runs */
export async function answersTo(o: {
  accountId: string
  campaignId: string
}): Promise<{ granted: number; refused: number }> {
  const runs = await sql<{ id: number }>(
    'select id from campaign_runs where campaign_id = $1::uuid and account_id = $2::uuid',
    [o.campaignId, o.accountId]
  )
  return countAnswers({ accountId: o.accountId, runIds: runs.map((run) => run.id) })
}
