import { sql } from '#core/database/sql'

export type UncertainRun = {
  readonly id: number
  /** Which sending of the campaign it was */
  readonly n: number
  readonly launchedAt: Date
  /** Whether it can send again */
  readonly live: boolean
  readonly uncertain: number
}

/** Runs that a page offers to choose from */
const RUNS = 50

/** Runs of a campaign that have, or had, deliveries whose outcome nobody knew; the newest first */
export async function uncertainRuns(o: {
  accountId: string
  campaignId: string
}): Promise<UncertainRun[]> {
  return sql<UncertainRun>(
    `select r.id, r.n, r.launched_at "launchedAt", r.state in ('expanding', 'running') live,
      r.uncertain
       from campaign_runs r where r.campaign_id = $1::uuid and r.account_id = $2::uuid
        and (r.uncertain > 0 or exists (select 1 from delivery_decisions x where x.run_id = r.id))
          order by r.n desc limit $3`,
    [o.campaignId, o.accountId, RUNS]
  )
}

export type UncertainDelivery = {
  readonly seq: number
  readonly address: string
  readonly detail: string | null
  readonly attempts: number
  readonly at: Date | null
  /** Whether its contact was meant by a new campaign already */
  readonly relaunched: boolean
}

export type UncertainPage = {
  readonly rows: readonly UncertainDelivery[]
  /** seq after which the next page begins, before which the previous one ends; null where there is none */
  readonly next: number | null
  readonly previous: number | null
}

/** Rows of a page: as many as a form can name one by one */
const PAGE = 50

/**
 * One page of the deliveries of a run whose outcome nobody knows, in the order of the run.
 *
 * Rows in: the run's partition by its primary key until a page is full; there is no index on the state. 20 uncertain ones among
 * 1,000,000: 0.1 s.
 *
 * @param o.after seq of the last row of the page before
 * @param o.before seq of the first row of the page after; the first page when neither is told
 */
export async function listUncertain(o: {
  accountId: string
  runId: number
  after?: number
  before?: number
}): Promise<UncertainPage> {
  const backwards = o.before !== undefined
  const rows = await sql<UncertainDelivery>(
    `select d.seq, d.address, d.detail, d.attempts, d.outcome_at at,
            exists (select 1 from delivery_decisions x where x.run_id = d.run_id and x.seq = d.seq
              and x.decision = 'relaunched') relaunched
       from deliveries d join campaign_runs r on r.id = d.run_id
      where d.run_id = $1 and r.account_id = $2::uuid and d.seq > $3 and d.seq < $4
        and d.state = 'uncertain'
      order by d.seq ${backwards ? 'desc' : 'asc'} limit $5`,
    [o.runId, o.accountId, o.after ?? 0, o.before ?? 2_147_483_647, PAGE + 1]
  )
  const page = rows.slice(0, PAGE)
  const more = rows.length > PAGE
  if (backwards) page.reverse()
  return {
    rows: page,
    next: (backwards || more) && page.length > 0 ? page[page.length - 1].seq : null,
    previous: (backwards ? more : (o.after ?? 0) > 0) && page.length > 0 ? page[0].seq : null,
  }
}

export type Decision = {
  readonly seq: number
  readonly address: string | null
  readonly decision: 'accepted' | 'rejected' | 'resend' | 'relaunched'
  readonly by: string
  readonly why: string
  readonly at: Date
}

/** Decisions that a page lists */
const DECISIONS = 100

/** What people decided about a run's deliveries, newest first */
export async function listDecisions(o: { accountId: string; runId: number }): Promise<Decision[]> {
  return sql<Decision>(
    `select x.seq, d.address, x.decision, x.by_name "by", x.why, x.at
       from (select * from delivery_decisions where run_id = $1 order by id desc limit $3) x
       join campaign_runs r on r.id = x.run_id and r.account_id = $2::uuid
         left join deliveries d on d.run_id = x.run_id and d.seq = x.seq order by x.id desc`,
    [o.runId, o.accountId, DECISIONS]
  )
}
