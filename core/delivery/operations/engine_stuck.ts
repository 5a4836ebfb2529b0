import { sql } from '#core/database/sql'

/** What waits for a hand: each has a button, or a page, on the Engine page */
export type EngineStuck = {
  /** Chunks of live runs whose lease ran out and that nobody took over */
  readonly expiredChunks: number
  /** Runs whose expansion has no job any more */
  readonly stalledExpansions: number
  readonly canaries: readonly HeldCanary[]
  readonly uncertain: readonly UncertainRun[]
  /** Deliveries, of any run, whose outcome nobody knows */
  readonly uncertainCount: number
  readonly failedJobs: readonly FailedJobs[]
}

/** The rest of a run that its first part holds back */
export type HeldCanary = {
  readonly runId: number
  readonly campaignId: string
  readonly campaignName: string
  readonly accountName: string
  readonly state: 'waiting' | 'failed'
  readonly until: Date | null
}

export type UncertainRun = {
  readonly runId: number
  readonly campaignId: string
  readonly campaignName: string
  readonly accountName: string
  readonly count: number
}

/** Jobs of one task that were tried as often as they may be */
export type FailedJobs = { readonly task: string; readonly count: number; readonly error: string }

/** Lines of each kind that the page lists */
const SHOWN = 20

/** Minutes after which an expansion without a job is not just about to begin; the sweep gives it one every minute */
const STALLED_MINUTES = 3

/** From-clause of runs that nobody expands any more */
export const STALLED_EXPANSIONS = `from campaign_runs r join campaigns g on g.id = r.campaign_id
  where r.state = 'expanding' and g.state = 'running' and g.kind = 'messaging'
    and r.launched_at < now() - interval '${STALLED_MINUTES} minutes'
    and not exists (select 1 from graphile_worker.jobs j where j.key = 'begin:' || r.id
      and j.attempts < j.max_attempts)`

/** Rows in: leased chunks, live runs, runs with something uncertain (campaign_runs_uncertain), failed jobs */
export async function engineStuck(): Promise<EngineStuck> {
  const [[counts], canaries, uncertain, failedJobs] = await Promise.all([
    sql<Pick<EngineStuck, 'expiredChunks' | 'stalledExpansions' | 'uncertainCount'>>(
      `select (select count(*)::int from delivery_chunks c join campaign_runs r on r.id = c.run_id
                where c.state = 'leased' and c.lease_until < now() and r.state in ('expanding',
                  'running')) "expiredChunks",
              (select count(*)::int ${STALLED_EXPANSIONS}) "stalledExpansions",
              (select coalesce(sum(uncertain), 0)::int from campaign_runs
                where uncertain > 0) "uncertainCount"`
    ),
    sql<HeldCanary>(
      `select r.id "runId", g.id "campaignId", g.name "campaignName", a.name "accountName",
        r.canary_state state, r.canary_until "until"
         from campaign_runs r join campaigns g on g.id = r.campaign_id
           join accounts a on a.id = r.account_id
        where r.state in ('expanding', 'running') and g.state in ('running', 'paused')
          and r.canary_state in ('waiting', 'failed') order by r.id limit $1`,
      [SHOWN]
    ),
    sql<UncertainRun>(
      `select r.id "runId", g.id "campaignId", g.name "campaignName", a.name "accountName",
        r.uncertain count
         from campaign_runs r join campaigns g on g.id = r.campaign_id
           join accounts a on a.id = r.account_id
        where r.uncertain > 0 order by r.id desc limit $1`,
      [SHOWN]
    ),
    sql<FailedJobs>(
      `select j.task_identifier task, count(*)::int count,
        coalesce((array_agg(split_part(j.last_error, E'\\n', 1) order by j.updated_at desc))[1],
        '') error
         from graphile_worker.jobs j
        where j.attempts >= j.max_attempts and j.locked_at is null group by 1 order by 1 limit $1`,
      [SHOWN]
    ),
  ])
  return { ...counts, canaries, uncertain, failedJobs }
}
