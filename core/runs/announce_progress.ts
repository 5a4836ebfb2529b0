import { deliveryPool } from './delivery_pool.js'

/** A page needs no more than two pictures a second */
const EVERY_MS = 500
const last = new Map<number, number>()

/** Tells the web processes that a run has moved, at most twice a second a worker */
export async function announceProgress(runId: number): Promise<void> {
  const now = Date.now()
  if (now - (last.get(runId) ?? 0) < EVERY_MS) return
  last.set(runId, now)
  await deliveryPool().query(`select pg_notify('run_progress', $1)`, [String(runId)])
}

/** Forgets a run that is over, and tells the pages so at once */
export async function announceEnd(runId: number): Promise<void> {
  last.delete(runId)
  await deliveryPool().query(`select pg_notify('run_progress', $1)`, [String(runId)])
}
