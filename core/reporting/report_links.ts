import { sql } from '#core/database/sql'

/** Links shown; a message seldom has more */
const SHOWN = 15

export type ReportLink = { readonly url: string; readonly clicks: number }

/** The links of a run by clicks, every click counted */
export async function reportLinks(runId: number): Promise<ReportLink[]> {
  return sql<ReportLink>(
    'select url, clicks from run_links where run_id = $1 order by clicks desc, n limit $2',
    [runId, SHOWN]
  )
}
