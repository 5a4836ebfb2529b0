import type pg from 'pg'
import type { Actor } from '#core/database/actor'
import { keepOpenCosts } from '#core/campaigns/lifecycle/open_costs'
import { addRunCost } from '#core/runs/add_run_cost'
import {
  decideDeliveries,
  type DecidedDelivery,
  type UncertainDecision,
} from '#core/runs/deliveries/decide_deliveries'
import type { Run } from '#core/runs/run'
import { captureCost } from '../dispatch/capture_cost.js'
import { priceUnits } from '../dispatch/price_units.js'

/**
 * Settles deliveries whose outcome nobody knew, in the caller's transaction: states, counters, what they cost, and by whom it was
 * decided, by name for each.
 *
 * @param o.seqs the deliveries meant; all uncertain ones of the run when absent
 * @param o.check called with how many were found, before anything is counted; what it throws undoes all
 * @returns how many changed
 * @throws RunOverError when they were to be sent again and the run is over
 */
export async function decideUncertain(
  client: pg.PoolClient,
  o: {
    run: Run
    seqs?: readonly number[]
    decision: UncertainDecision
    by: Actor
    why?: string
    check?: (found: number) => void
  }
): Promise<number> {
  const { run } = o
  const decided = await decideDeliveries(client, {
    ...o,
    accountId: run.accountId,
    runId: run.id,
  })
  if (decided.length === 0) return 0
  if (o.decision === 'resend') await reopenChunks(client, run.id, decided)
  await client.query(
    `insert into delivery_decisions (run_id, seq, decision, by_kind, by_id, by_name, why)
     select $1, unnest($2::int[]), $3, $4, $5, $6, $7`,
    [run.id, decided.map((row) => row.seq), o.decision, o.by.kind, o.by.id, o.by.name, o.why ?? '']
  )
  if (o.decision === 'accepted') await charge(client, run, decided)
  return decided.length
}

/** A chunk that waits for a deferred row does not wait for this one; one that a worker has finds it on its return */
async function reopenChunks(
  client: pg.PoolClient,
  runId: number,
  decided: readonly DecidedDelivery[]
): Promise<void> {
  await client.query(
    `update delivery_chunks c set state = 'open', not_before = now() where c.run_id = $1
      and c.state in ('done', 'open')
        and exists (select 1 from unnest($2::int[]) s(seq) where s.seq between c.from_seq
          and c.to_seq)`,
    [runId, decided.map((row) => row.seq)]
  )
}

/** One unit each: what was truly used was in the answer that was lost */
async function charge(
  client: pg.PoolClient,
  run: Run,
  decided: readonly DecidedDelivery[]
): Promise<void> {
  const unit = Object.keys(run.quote.unitPrices)[0]?.split('|')[0]
  const costs = decided.map(({ seq, address }) => ({
    seq,
    address,
    costMicro:
      (unit && priceUnits({ units: { [unit]: 1 }, unitPrices: run.quote.unitPrices, address })) ||
      0n,
  }))
  if (run.rules.settlement.on === 'final') return keepOpenCosts(client, { runId: run.id, costs })
  const costMicro = costs.reduce((sum, one) => sum + one.costMicro, 0n)
  await addRunCost(client, { runId: run.id, costMicro })
  await captureCost({
    client,
    run,
    costMicro,
    chunk: `${run.id}:decided:${decided[0].seq}:${decided.length}`,
  })
}
