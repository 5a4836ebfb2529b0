import { sql } from '#core/database/sql'
import { whyWaiting, type Waiting } from './why_waiting.js'

export type EngineWorker = {
  readonly id: string
  readonly host: string
  readonly pid: number
  readonly startedAt: Date
  readonly seenAt: Date
  /** Resident memory in bytes */
  readonly rss: number
  readonly chunks: number
}

export type EngineLane = {
  readonly key: string
  /** Agreed and present messages a second; null for no limit */
  readonly ceiling: number | null
  readonly rate: number | null
  readonly blockedUntil: Date | null
  readonly faults: number
  readonly why: string
  readonly updatedAt: Date
}

export type EngineRun = {
  readonly id: number
  readonly campaignId: string
  readonly campaignName: string
  readonly accountName: string
  readonly channel: string
  readonly state: string
  readonly audience: number
  readonly pending: number
  readonly accepted: number
  readonly uncertain: number
  readonly lastOutcomeAt: Date | null
  readonly waiting: Waiting | null
}

/** What waits for a hand: each has a button on the Engine page */
export type EngineStuck = {
  /** Chunks whose lease ran out and that nobody took over */
  readonly expiredChunks: number
  /** Runs that are being expanded and have not moved for a while */
  readonly stalledExpansions: number
  /** Deliveries, of any run, whose outcome nobody knows */
  readonly uncertain: number
  /** Runs that a canary holds back */
  readonly heldCanaries: number
  /** Jobs that were tried as often as they may be */
  readonly failedJobs: number
}

/** Live runs that the page lists */
const SHOWN = 50

/** Who works, what is slowed down, what is being sent and why something is not */
export async function engineState(): Promise<{
  workers: EngineWorker[]
  lanes: EngineLane[]
  runs: EngineRun[]
  stuck: EngineStuck
  at: Date
}> {
  const [workers, lanes, runs, [stuck]] = await Promise.all([
    sql<EngineWorker>(
      `select w.id, w.host, w.pid, w.started_at "startedAt", w.seen_at "seenAt", coalesce((w.figures ->> 'rss')::float, 0) rss,
              (select count(*)::int from delivery_chunks c where c.state = 'leased' and c.owner = w.id) chunks
         from workers w order by w.started_at`
    ),
    sql<EngineLane>(
      `select key, ceiling, rate, case when blocked_until > now() then blocked_until end "blockedUntil", faults, why, updated_at "updatedAt"
         from rate_buckets where key not like 'campaign %' order by blocked_until desc nulls last, key limit 200`
    ),
    sql<Omit<EngineRun, 'waiting'>>(
      `select r.id, g.id "campaignId", g.name "campaignName", a.name "accountName", g.channel, r.state, r.audience, r.pending, r.accepted, r.uncertain, r.last_outcome_at "lastOutcomeAt"
         from campaign_runs r join campaigns g on g.id = r.campaign_id join accounts a on a.id = r.account_id
        where r.state in ('expanding', 'running') order by r.id desc limit $1`,
      [SHOWN]
    ),
    sql<EngineStuck>(
      `select (select count(*)::int from delivery_chunks where state = 'leased' and lease_until < now()) "expiredChunks",
              (select count(*)::int from campaign_runs r join campaigns g on g.id = r.campaign_id
                where r.state = 'expanding' and g.state = 'running' and r.launched_at < now() - interval '5 minutes'
                  and not exists (select 1 from graphile_worker.jobs j where j.key = 'begin:' || r.id)) "stalledExpansions",
              (select coalesce(sum(uncertain), 0)::int from campaign_runs) uncertain,
              (select count(*)::int from campaign_runs where state in ('expanding', 'running') and canary_state in ('waiting', 'failed')) "heldCanaries",
              (select count(*)::int from graphile_worker._private_jobs where attempts >= max_attempts and locked_at is null) "failedJobs"`
    ),
  ])
  return {
    workers,
    lanes,
    runs: await Promise.all(
      runs.map(async (run) => ({ ...run, waiting: await whyWaiting(run.id) }))
    ),
    stuck,
    at: new Date(),
  }
}
