import { systemClock } from '#core/database/clock'
import { hostname } from 'node:os'
import { Logger, parseCronItems, run, type Runner, type TaskList } from 'graphile-worker'
import logger from '@adonisjs/core/services/logger'
import type pg from 'pg'
import { createPool } from '#core/database/pool'
import { JobLatency } from './job_latency.js'
import { tasks, type TaskDefinition, type TaskLane, type TaskRegistry } from './task_registry.js'
import { RetryingClient } from './retrying_client.js'
import { THIS_WORKER } from './this_worker.js'
import { deadAmong, freeDeadJobs, WorkerHeartbeat } from './worker_heartbeat.js'

/** How often a worker looks for others that died, and says that it is there itself */
const LOOK_MS = 2_000
/**
 * Milliseconds that jobs in flight have to end by themselves after a stop was asked; then their signal is aborted. A slice of
 * sending goes on until it is told.
 */
const GRACE_MS: Readonly<Record<TaskLane, number>> = {
  prompt: 4_000,
  ordinary: 4_000,
  bulk: 50,
  plugins: 4_000,
}

export type Worker = { stop(): Promise<void> }

/**
 * Runs this process's share of the jobs until `stop()`. graphile-worker is the trigger and the clock; what is true
 * stands in our tables. Its queues run side by side, so that neither bulk, nor an import,
 * nor a plugin's own task delays what a person waits for.
 *
 * @param o.heldFlags flags whose jobs must wait now, asked on every fetch: it must be fast
 * @param o.concurrency ordinary jobs at once. A job is a time slice or a chunk, never one recipient
 * @param o.onLook called every two seconds with the ids of workers that are gone
 */
export async function runWorker(o: {
  heldFlags: () => string[]
  concurrency?: number
  registry?: TaskRegistry
  onLook?: () => Promise<void>
}): Promise<Worker> {
  const registry = o.registry ?? tasks
  const pool: pg.Pool = createPool({
    max: 10,
    name: 'jobs',
    plain: true,
    client: RetryingClient,
  })
  const heartbeat = new WorkerHeartbeat()
  const latency = new JobLatency()
  await heartbeat.ready()
  await freeDeadJobs(pool)
  await sayHere(pool, latency)

  const look = setInterval(() => {
    Promise.all([freeDeadJobs(pool), sayHere(pool, latency), o.onLook?.()]).catch(
      (error: unknown) => logger.warn({ err: error }, 'could not look for dead workers')
    )
  }, LOOK_MS)
  const start = (lane: TaskLane, concurrency: number) =>
    startQueue({ ...o, lane, tasks: registry.in(lane), concurrency, pool, heartbeat, latency })
  const queues = await Promise.all([
    start('prompt', 2),
    start('ordinary', o.concurrency ?? 6),
    start('bulk', 4),
    start('plugins', 2),
  ])

  return {
    stop: async () => {
      clearInterval(look)
      await Promise.all(queues.map((queue) => queue.stop()))
      await sayHere(pool, latency)
        .then(() => pool.query('delete from workers where id = $1', [THIS_WORKER]))
        .catch((error: unknown) => logger.debug({ err: error }, 'left without saying so'))
      await heartbeat.drop()
      await pool.end()
    },
  }
}

async function startQueue(o: {
  heldFlags: () => string[]
  lane: TaskLane
  tasks: readonly TaskDefinition[]
  concurrency: number
  pool: pg.Pool
  heartbeat: WorkerHeartbeat
  latency: JobLatency
}): Promise<{ stop(): Promise<void> }> {
  if (o.tasks.length === 0) return { stop: async () => undefined }
  const taskList: TaskList = Object.fromEntries(o.tasks.map((task) => [task.name, task.handler]))
  /** Items, not crontab text: its task names may have no dot */
  const parsedCronItems = parseCronItems(
    o.tasks.flatMap((task) =>
      task.cron
        ? [
            {
              task: task.name,
              match: task.cron,
              identifier: task.name,
              options: { maxAttempts: 1, backfillPeriod: 0 },
            },
          ]
        : []
    )
  )
  const runner: Runner = await run({
    pgPool: o.pool,
    taskList,
    parsedCronItems,
    concurrency: o.concurrency,
    pollInterval: 1_000,
    noHandleSignals: true,
    logger: queueLogger(),
    forbiddenFlags: async () => {
      await o.heartbeat.ready()
      return o.heldFlags()
    },
    events: o.heartbeat.watch(),
    preset: { worker: { gracefulShutdownAbortTimeout: GRACE_MS[o.lane], useNodeTime: true } },
  } as Parameters<typeof run>[0])
  runner.events.on('job:start', ({ job }) =>
    o.latency.started(job.task_identifier, job.run_at, systemClock.now())
  )
  runner.events.on('job:error', ({ job, error }) =>
    logger.error(
      { err: error, task: job.task_identifier, jobId: job.id, attempt: job.attempts },
      'a job failed'
    )
  )
  return { stop: () => runner.stop() }
}

/** Puts this worker on the list, and takes those off whose heartbeat nobody holds */
async function sayHere(pool: pg.Pool, latency: JobLatency): Promise<void> {
  const { rowCount } = await pool.query(
    'update workers set seen_at = now(), figures = $2 where id = $1',
    [THIS_WORKER, await figuresOf(latency)]
  )
  if (rowCount === 0) {
    /** New here, or taken for dead while it could not be heard: what it had counted was kept then */
    latency.reset()
    await pool.query(
      `insert into workers (id, host, pid, figures) values ($1, $2, $3, $4) on conflict (id)
        do nothing`,
      [THIS_WORKER, hostname(), process.pid, await figuresOf(latency)]
    )
  }
  const { rows } = await pool.query<{ id: string }>(`select id from workers`)
  const dead = await deadAmong(
    pool,
    rows.map((row) => row.id)
  )
  if (dead.length > 0) await pool.query('delete from workers where id = any($1::uuid[])', [dead])
}

async function figuresOf(latency: JobLatency): Promise<string> {
  return JSON.stringify({
    rss: process.memoryUsage.rss(),
    uptime: Math.round(process.uptime()),
    counters: await latency.counters(),
  })
}

/** The queue's own words: a line a job is for debugging, the rest for the log */
export function queueLogger(): Logger {
  return new Logger(
    () => (level, message) =>
      logger[level === 'info' ? 'debug' : level === 'warning' ? 'warn' : level](`queue: ${message}`)
  )
}
