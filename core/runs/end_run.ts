import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { sql } from '#core/database/sql'
import debug from './debug.js'

/**
 * Writes the end of a run. The caller has seen that nothing of it is open.
 *
 * @param o.why what went wrong, for one that failed
 */
export async function endRun(o: {
  runId: number
  state: 'finished' | 'cancelled' | 'failed'
  why?: string
  trx: TransactionClientContract
}): Promise<void> {
  await sql(
    'update campaign_runs set state = $2, error = $3, finished_at = now() where id = $1',
    [o.runId, o.state, o.why ?? null],
    o.trx
  )
  debug('run %d: %s', o.runId, o.state)
}
