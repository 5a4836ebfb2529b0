import { sql } from '#core/database/sql'

export type UncertainDelivery = {
  readonly seq: number
  readonly address: string
  readonly detail: string | null
  readonly attempts: number
  readonly at: Date | null
}

/** Rows of a page */
const PAGE = 50

/**
 * One page of the deliveries of a run whose outcome nobody knows, in the order of the run.
 *
 * Rows in: the run's partition by its primary key until a page is full; there is no index on the state.
 *
 * @param o.after seq of the last row of the page before; 0 for the first
 */
export async function listUncertain(o: {
  accountId: string
  runId: number
  after: number
}): Promise<{ rows: UncertainDelivery[]; next: number | null }> {
  const rows = await sql<UncertainDelivery>(
    `select d.seq, d.address, d.detail, d.attempts, d.outcome_at at
       from deliveries d join campaign_runs r on r.id = d.run_id
      where d.run_id = $1 and r.account_id = $2::uuid and d.seq > $3 and d.state = 'uncertain' order by d.seq limit $4`,
    [o.runId, o.accountId, o.after, PAGE + 1]
  )
  const page = rows.slice(0, PAGE)
  return { rows: page, next: rows.length > PAGE ? page[page.length - 1].seq : null }
}

export type Decision = {
  readonly seq: number
  readonly address: string
  readonly decision: string
  readonly by: string
  readonly why: string
  readonly at: Date
}

/** What people decided about a run's deliveries, newest first */
export async function listDecisions(o: { accountId: string; runId: number }): Promise<Decision[]> {
  return sql<Decision>(
    `select x.seq, d.address, x.decision, x.by_name "by", x.why, x.at
       from delivery_decisions x join campaign_runs r on r.id = x.run_id left join deliveries d on d.run_id = x.run_id and d.seq = x.seq
      where x.run_id = $1 and r.account_id = $2::uuid order by x.id desc limit 100`,
    [o.runId, o.accountId]
  )
}
