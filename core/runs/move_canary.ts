import type { QueryClientContract } from '@adonisjs/lucid/types/database'
import { sql } from '#core/database/sql'
import type { Run } from './run.js'

type CanaryState = NonNullable<Run['canaryState']>

/**
 * Moves the canary of a run on, by compare-and-set.
 *
 * @param o.until until when the first part is watched, for `waiting`
 * @returns false when it was elsewhere by now
 */
export async function moveCanary(o: {
  runId: number
  from: readonly CanaryState[]
  to: CanaryState
  until?: Date
  trx?: QueryClientContract
}): Promise<boolean> {
  const moved = await sql(
    `update campaign_runs set canary_state = $2, canary_until = coalesce($3::timestamptz,
      canary_until)
      where id = $1 and canary_state = any($4::text[]) returning 1`,
    [o.runId, o.to, o.until?.toISOString() ?? null, [...o.from]],
    o.trx
  )
  return moved.length > 0
}
