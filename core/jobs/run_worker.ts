import { Logger, parseCronItems, run, type Runner, type TaskList } from 'graphile-worker'
import logger from '@adonisjs/core/services/logger'
import type pg from 'pg'
import { createPool } from '#core/database/pool'
import { tasks, type TaskRegistry } from './task_registry.js'
import { freeDeadJobs, holdWorkerSign } from './worker_sign.js'

/** How often a worker looks for jobs of workers that died */
const DEAD_WORKER_CHECK_MS = 10_000

export type Worker = { stop(): Promise<void> }

/**
 * Runs this process's share of the jobs until `stop()`. graphile-worker is the trigger and the clock; what is true
 * stands in our tables.
 *
 * @param o.heldFlags flags whose jobs must wait now, asked on every fetch: it must be fast
 * @param o.concurrency jobs at once. A job is a time slice or a chunk, never one recipient
 */
export async function runWorker(o: {
  heldFlags: () => string[]
  concurrency?: number
  registry?: TaskRegistry
}): Promise<Worker> {
  const registry = o.registry ?? tasks
  const pool: pg.Pool = createPool({ max: 8, name: 'jobs' })
  const sign = await holdWorkerSign(pool)
  await freeDeadJobs(pool)

  const known = registry.all()
  const sweepSeconds = setInterval(() => {
    freeDeadJobs(pool).catch((error: unknown) =>
      logger.warn({ err: error }, 'could not look for dead workers')
    )
  }, DEAD_WORKER_CHECK_MS)
  const taskList: TaskList = Object.fromEntries(known.map((task) => [task.name, task.handler]))
  /** Items, not crontab text: its task names may have no dot */
  const parsedCronItems = parseCronItems(
    known.flatMap((task) =>
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
    pgPool: pool,
    taskList,
    parsedCronItems,
    concurrency: o.concurrency ?? 8,
    pollInterval: 1_000,
    noHandleSignals: true,
    logger: queueLogger(),
    forbiddenFlags: async () => {
      await sign.ready()
      return o.heldFlags()
    },
    events: sign.watch(),
    preset: { worker: { gracefulShutdownAbortTimeout: 4_000, useNodeTime: true } },
  } as Parameters<typeof run>[0])
  runner.events.on('job:error', ({ job, error }) =>
    logger.error(
      { err: error, task: job.task_identifier, jobId: job.id, attempt: job.attempts },
      'a job failed'
    )
  )

  return {
    stop: async () => {
      clearInterval(sweepSeconds)
      await runner.stop()
      await sign.drop()
      await pool.end()
    },
  }
}

/** The queue's own words: a line a job is for debugging, the rest for the log */
export function queueLogger(): Logger {
  return new Logger(
    () => (level, message) =>
      logger[level === 'info' ? 'debug' : level === 'warning' ? 'warn' : level](`queue: ${message}`)
  )
}
