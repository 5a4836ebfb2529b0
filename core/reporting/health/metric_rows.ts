import { JOB_LATENCY } from '#core/jobs/job_latency'
import { tasks } from '#core/jobs/task_registry'
import { sql } from '#core/database/sql'

/** One value of one series, with at most one word that tells it from others of its name */
export type MetricRow = { readonly name: string; readonly of: string; readonly value: number }

/**
 * What all processes share, read at the time of the scrape. No word is the name of an account or a campaign: their number has
 * no bound.
 *
 * Rows in: campaign_runs once, live chunks, buckets, jobs that are not done. 1,000 live runs of 20 chunks: 20 ms,
 * the text included.
 */
const SHARED = `
  with runs as materialized (
    select state, accepted, rejected, excluded, delivered, bounced, pending, uncertain,
      last_outcome_at, id from campaign_runs),
  waiting as materialized (
    select j.task_identifier task, count(*) filter (where j.attempts < j.max_attempts) due,
      count(*) filter (where j.attempts >= j.max_attempts) failed,
           coalesce(max(extract(epoch from now() - j.run_at)) filter (where j.attempts
             < j.max_attempts), 0) oldest
      from graphile_worker.jobs j
     where j.locked_at is null and (j.run_at <= now() or j.attempts >= j.max_attempts) group by 1)
  select 'griot_deliveries_total' "name", k "of",
    (sum(v) + coalesce((select value from metric_totals where key = 'deliveries ' || k),
    0))::float "value"
    from (select coalesce(sum(accepted), 0) a, coalesce(sum(rejected), 0) r,
      coalesce(sum(excluded), 0) e, coalesce(sum(delivered), 0) d, coalesce(sum(bounced), 0) b
      from runs) s
    cross join lateral (values ('accepted', a), ('rejected', r), ('excluded', e), ('delivered', d),
      ('bounced', b)) c(k, v) group by k
  union all select 'griot_deliveries_uncertain', '', coalesce(sum(uncertain), 0) from runs
  union all select 'griot_deliveries_pending', '', coalesce(sum(pending), 0) from runs
    where state in ('expanding', 'running')
  union all select 'griot_runs_live', s.state, count(r.id) from (values ('expanding'),
    ('running')) s(state) left join runs r on r.state = s.state group by 1, 2
  union all select 'griot_sending_per_second', '', coalesce(sum(m.accepted), 0) / 60.0 from runs r
    join run_series m on m.run_id = r.id
    where r.last_outcome_at > now() - interval '2 minutes'
      and m.minute = date_trunc('minute', now()) - interval '1 minute'
  union all select 'griot_facts_parked', '', count(*) from parked_facts
  union all select 'griot_workers', '', count(*) from workers
  union all select 'griot_lanes_blocked', '', count(*) from rate_buckets where blocked_until > now()
  union all select 'griot_chunks', s.state, count(c.n) from (values ('open'), ('leased'),
    ('held')) s(state)
    left join delivery_chunks c on c.state = s.state and c.state <> 'done' group by 1, 2
  union all select 'griot_jobs_waiting', task, due from waiting
  union all select 'griot_jobs_failed', task, failed from waiting
  union all select 'griot_jobs_oldest_seconds', task, oldest from waiting`

/** Figures of the engine and the queue. Tasks that have nothing to do are told as 0: an alert needs a series */
export async function metricRows(): Promise<MetricRow[]> {
  const rows = await sql<MetricRow>(SHARED)
  const told = new Set(rows.map((row) => `${row.name} ${row.of}`))
  const idle = tasks
    .all()
    .flatMap(({ name }) =>
      ['griot_jobs_waiting', 'griot_jobs_failed', 'griot_jobs_oldest_seconds'].map((series) => ({
        name: series,
        of: name,
        value: 0,
      }))
    )
    .filter((row) => !told.has(`${row.name} ${row.of}`))
  return [...rows, ...idle].map((row) => ({ ...row, value: Number(row.value) }))
}

export type LatencyValue = {
  readonly metricName: string
  readonly labels: { readonly task: string; readonly le?: string }
  readonly value: number
}

/** How late jobs began on all workers, with those that are gone. Rows in: a row a worker, some 200 counters in each */
export async function jobLatencyValues(): Promise<LatencyValue[]> {
  const rows = await sql<{ key: string; value: number }>(
    `select c.key, sum(c.value)::float "value" from (
       select key, value from metric_totals where key like $1
       union all select f.key, f.value::float8 from workers w,
         jsonb_each_text(coalesce(w.figures -> 'counters', '{}')) f where f.key like $1) c
         group by c.key`,
    [`${JOB_LATENCY}%`]
  )
  return rows.map(({ key, value }) => {
    const [metricName, task, le] = key.split(' ')
    return { metricName, labels: { ...(le === undefined ? {} : { le }), task }, value }
  })
}
