import type pg from 'pg'
import { SYSTEM } from '#core/database/actor'
import type { PlacedReceipt } from '#core/facts/received_fact'
import { lockDeliveries } from '#core/runs/counters/lock_deliveries'
import { loadRun } from '#core/runs/load_run'
import { decideUncertain } from './decide_uncertain.js'

/**
 * Settles deliveries whose answer was lost and of which the far side tells now: whatever it says of a message, it has taken it. In the
 * transaction that records the receipts, and before them, so that they find it accepted.
 *
 * Rows in: receipts of a batch; its deliveries are locked in the one order. Index: primary key.
 */
export async function settleByReceipts(
  client: pg.PoolClient,
  receipts: readonly PlacedReceipt[]
): Promise<void> {
  const locked = await lockDeliveries(client, receipts)
  const uncertain = locked.filter((delivery) => delivery.state === 'uncertain')
  for (const [runId, of] of Map.groupBy(uncertain, (one) => one.runId)) {
    const run = await loadRun(runId)
    if (!run) throw new Error(`Run ${runId} is gone and its deliveries are uncertain`)
    await decideUncertain(client, {
      run,
      seqs: of.map((one) => one.seq),
      decision: 'accepted',
      by: SYSTEM,
      why: 'receipt',
    })
  }
}
