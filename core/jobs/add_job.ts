import type { QueryClientContract } from '@adonisjs/lucid/types/database'
import { sql } from '#core/database/sql'
import type { JobName } from './task_registry.js'

export type JobOptions = {
  /** Not before this time */
  readonly runAt?: Date
  /** Jobs with the same waiting key are one job; the later call wins */
  readonly key?: string
  /** `plugin:<id>`, `account:<id>`, `campaign:<id>`: what can be held back at once */
  readonly flags?: readonly string[]
  /** Tries for infrastructure errors; retries of a recipient are the delivery engine's */
  readonly maxAttempts?: number
  /** Lower is sooner; 0 unless told */
  readonly priority?: number
  /** Adds the job in this transaction: it exists when the transaction commits, and only then */
  readonly trx?: QueryClientContract
}

/**
 * Queues a job in Postgres.
 *
 * @param name `domain.verb`, as registered by the domain
 * @param payload ids only, never a message or personal data; of the shape that the domain declares in `GraphileWorker.Tasks`
 */
export async function addJob<Name extends JobName>(
  name: Name,
  payload: GraphileWorker.Tasks[Name],
  options: JobOptions = {}
): Promise<void> {
  await sql(
    `select 1 from graphile_worker.add_job(
       identifier => $1, payload => $2::json, run_at => $3::timestamptz,
         max_attempts => $4::smallint, job_key => $5,
       priority => $6::smallint, flags => $7::text[])`,
    [
      name,
      JSON.stringify(payload),
      options.runAt?.toISOString() ?? null,
      options.maxAttempts ?? 5,
      options.key ?? null,
      options.priority ?? 0,
      options.flags ? [...options.flags] : null,
    ],
    options.trx
  )
}
