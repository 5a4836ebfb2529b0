import type pg from 'pg'
import debug from './debug.js'

/** A run of steps or milestones is under way: all that it consists of is written down. Safe to repeat */
export async function startRun(client: Pick<pg.Pool, 'query'>, runId: number): Promise<void> {
  await client.query(
    `update campaign_runs set state = 'running', expanded_at = now() where id = $1
      and state = 'expanding'`,
    [runId]
  )
  debug('run %d: running', runId)
}
