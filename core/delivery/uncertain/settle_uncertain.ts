import type { Actor } from '#core/database/actor'
import { captureCost } from '../dispatch/capture_cost.js'
import { UncertainChangedError } from '../errors.js'
import { inTransaction } from '#core/database/in_transaction'
import { addRunCost } from '#core/runs/add_run_cost'
import { decideDeliveries, type UncertainDecision } from '#core/runs/deliveries/decide_deliveries'
import { deliveryPool } from '#core/runs/delivery_pool'
import { priceUnits } from '../dispatch/price_units.js'
import { queueDispatches } from '../dispatch/queue_dispatch.js'
import { loadRun } from '#core/runs/load_run'

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

  const changed = await inTransaction(deliveryPool(), async (client) => {
    const decided = await decideDeliveries(client, {
      ...o,
      check: (found) => {
        if (o.expected !== undefined && found !== o.expected)
          throw new UncertainChangedError({ expected: o.expected, found })
      },
    })
    const n = decided.length
    if (n === 0) return 0
    if (o.decision === 'resend')
      /** A chunk that waits for a deferred row does not wait for this one; one that a worker has finds it on its return */
      await client.query(
        `update delivery_chunks c set state = 'open', not_before = now() where c.run_id = $1
          and c.state in ('done', 'open')
            and exists (select 1 from unnest($2::int[]) s(seq) where s.seq between c.from_seq
              and c.to_seq)`,
        [o.runId, decided.map((row) => row.seq)]
      )
    await client.query(
      `insert into delivery_decisions (run_id, seq, decision, by_kind, by_id, by_name, why)
       select $1, unnest($2::int[]), $3, $4, $5, $6, $7`,
      [
        o.runId,
        decided.map((row) => row.seq),
        o.decision,
        o.by.kind,
        o.by.id,
        o.by.name,
        o.why ?? '',
      ]
    )
    if (o.decision === 'accepted') {
      const unit = Object.keys(run.quote.unitPrices)[0]?.split('|')[0]
      const costMicro = unit
        ? decided.reduce(
            (sum, row) =>
              sum +
              (priceUnits({
                units: { [unit]: 1 },
                unitPrices: run.quote.unitPrices,
                address: row.address,
              }) ?? 0n),
            0n
          )
        : 0n
      await addRunCost(client, { runId: o.runId, costMicro })
      await captureCost({
        client,
        run,
        costMicro,
        chunk: `${o.runId}:decided:${decided[0].seq}:${n}`,
      })
    }
    return n
  })
  if (changed > 0 && o.decision === 'resend') await queueDispatches(run)
  return changed
}
