import { sql } from '#core/database/sql'

/** Links shown; a message seldom has more */
const SHOWN = 15

export type ReportLink = {
  readonly url: string
  /** Clicks of people, every one counted */
  readonly clicks: number
  readonly botClicks: number
}

/** The links of a run by clicks of people. Rows in: the links of the run, kept as events come */
export async function reportLinks(runId: number): Promise<ReportLink[]> {
  return sql<ReportLink>(
    `select url, clicks, bot_clicks "botClicks" from run_links where run_id = $1
      order by clicks desc, n limit $2`,
    [runId, SHOWN]
  )
}
