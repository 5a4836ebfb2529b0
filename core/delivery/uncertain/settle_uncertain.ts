import type { Actor } from '#core/database/actor'
import { inTransaction } from '#core/database/in_transaction'
import type { UncertainDecision } from '#core/runs/deliveries/decide_deliveries'
import { deliveryPool } from '#core/runs/delivery_pool'
import { loadRun } from '#core/runs/load_run'
import { queueDispatches } from '../dispatch/queue_dispatch.js'
import { UncertainChangedError } from '../errors.js'
import { decideUncertain } from './decide_uncertain.js'

/**
 * What a person decides about deliveries whose outcome nobody knows. `accepted`: they arrived, and are charged as long as the
 * hold is open. `rejected`: they did not. `resend`: hand them over once more, although they may have arrived; only while the run
 * is live, because its hold pays for it. Written down by name for each delivery.
 *
 * @param o.seqs the deliveries meant; all uncertain ones of the run when absent
 * @param o.expected how many the person was told of; when absent, those that were settled meanwhile are left alone
 * @returns how many changed
 * @throws UncertainChangedError when there are more or fewer than expected by now: nothing changed
 * @throws RunOverError when it ended before it could send again: nothing changed
 */
export async function settleUncertain(o: {
  accountId: string
  runId: number
  seqs?: readonly number[]
  expected?: number
  decision: UncertainDecision
  by: Actor
  why?: string
}): Promise<number> {
  const run = await loadRun(o.runId)
  if (!run || run.accountId !== o.accountId) return 0
  const { expected } = o
  const changed = await inTransaction(deliveryPool(), (client) =>
    decideUncertain(client, {
      ...o,
      run,
      check: (found) => {
        if (expected !== undefined && found !== expected)
          throw new UncertainChangedError({ expected, found })
      },
    })
  )
  if (changed > 0 && o.decision === 'resend') await queueDispatches(run)
  return changed
}
