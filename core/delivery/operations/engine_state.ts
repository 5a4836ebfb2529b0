import { sql } from '#core/database/sql'
import { queueDepth, type QueueDepth } from '#core/jobs/queue_depth'
import { engineStuck, type EngineStuck } from './engine_stuck.js'
import { whyWaiting, type Waiting } from './why_waiting.js'

export type EngineWorker = {
  readonly id: string
  readonly host: string
  readonly pid: number
  readonly startedAt: Date
  /** Resident memory in bytes */
  readonly rss: number
  readonly chunks: number
}

/** What holds work through a plugin, or to one destination, to a rate or back */
export type EngineLane = {
  readonly key: string
  readonly pluginId: string
  /** Domain or operator prefix; '' for all that leaves through the plugin */
  readonly destination: string
  /** Agreed and present messages a second; null for no limit */
  readonly ceiling: number | null
  readonly rate: number | null
  readonly blockedUntil: Date | null
  readonly why: string
}

export type EngineRun = {
  readonly id: number
  readonly campaignId: string
  readonly campaignName: string
  readonly accountName: string
  readonly pending: number
  readonly accepted: number
  readonly uncertain: number
  readonly waiting: Waiting | null
}

export type EngineState = {
  readonly workers: readonly EngineWorker[]
  readonly lanes: readonly EngineLane[]
  readonly lanesBlocked: number
  /** Those that have been silent longest first */
  readonly runs: readonly EngineRun[]
  readonly runsInAll: number
  /** Messages accepted in the last full minute */
  readonly perMinute: number
  readonly queue: QueueDepth | null
  readonly stuck: EngineStuck
  readonly at: Date
}

/** Live runs that the page lists */
const RUNS_SHOWN = 50
const LANES_SHOWN = 100

/** Who works, what is slowed down, what is being sent and why something is not. 1,000 live runs of 20 chunks: 20 ms */
export async function engineState(): Promise<EngineState> {
  const [workers, lanes, runs, [sums], queue, stuck] = await Promise.all([
    sql<EngineWorker>(
      `select w.id, w.host, w.pid, w.started_at "startedAt", coalesce((w.figures ->> 'rss')::float,
        0) rss,
              (select count(*)::int from delivery_chunks c where c.state = 'leased'
                and c.owner = w.id) chunks
         from workers w order by w.started_at`
    ),
    sql<EngineLane>(
      `select key, split_part(key, ' ', 1) "pluginId",
        substr(key, length(split_part(key, ' ', 1)) + 2) destination, ceiling, rate,
              case when blocked_until > now() then blocked_until end "blockedUntil", case
                when blocked_until > now() or faults > 0 then why else '' end why
         from rate_buckets where key not like 'campaign %'
           order by (blocked_until > now()) desc nulls last, key limit $1`,
      [LANES_SHOWN]
    ),
    sql<Omit<EngineRun, 'waiting'>>(
      `select r.id, g.id "campaignId", g.name "campaignName", a.name "accountName", r.pending,
        r.accepted, r.uncertain
         from campaign_runs r join campaigns g on g.id = r.campaign_id
           join accounts a on a.id = r.account_id
        where r.state in ('expanding', 'running') order by r.last_outcome_at nulls first, r.id desc
          limit $1`,
      [RUNS_SHOWN]
    ),
    sql<{ runsInAll: number; lanesBlocked: number; perMinute: number; at: Date }>(
      `select (select count(*)::int from campaign_runs where state in ('expanding',
        'running')) "runsInAll",
              (select count(*)::int from rate_buckets where blocked_until > now()) "lanesBlocked",
              (select coalesce(sum(s.accepted), 0)::int from campaign_runs r
                join run_series s on s.run_id = r.id
                where r.last_outcome_at > now() - interval '2 minutes'
                  and s.minute = date_trunc('minute', now()) - interval '1 minute') "perMinute",
                  now() at`
    ),
    queueDepth(),
    engineStuck(),
  ])
  const waiting = await whyWaiting(runs.map((run) => run.id))
  return {
    workers,
    lanes,
    runs: runs.map((run) => ({ ...run, waiting: waiting.get(run.id) ?? null })),
    ...sums,
    queue,
    stuck,
  }
}
