import { sql } from '#core/database/sql'

export type QueueDepth = {
  /** Jobs that could be done now and are not */
  readonly waiting: number
  /** Jobs that a worker has */
  readonly working: number
  /** Jobs that were tried as often as they may be */
  readonly given_up: number
  /** Since when the oldest has waited */
  readonly oldest: Date | null
}

/** How much work waits in the queue; null where the queue was not set up yet */
export async function queueDepth(): Promise<QueueDepth | null> {
  const [{ there }] = await sql<{ there: boolean }>(
    `select to_regclass('graphile_worker.jobs') is not null there`
  )
  if (!there) return null
  const [row] = await sql<QueueDepth>(
    `select count(*) filter (where locked_at is null and run_at <= now()
      and attempts < max_attempts)::int waiting,
            count(*) filter (where locked_at is not null)::int working,
            count(*) filter (where attempts >= max_attempts)::int given_up,
            min(run_at) filter (where locked_at is null and run_at <= now()
              and attempts < max_attempts) oldest
       from graphile_worker.jobs`
  )
  return row
}
