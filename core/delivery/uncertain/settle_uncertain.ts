import type { Actor } from '#core/database/actor'
import { captureCost } from '../dispatch/capture_cost.js'
import { RunOverError, UncertainChangedError } from '../errors.js'
import { inTransaction } from '#core/database/in_transaction'
import { deliveryPool } from '#core/runs/delivery_pool'
import { priceUnits } from '../dispatch/price_units.js'
import { queueDispatches } from '../dispatch/queue_dispatch.js'
import { loadRun } from '#core/runs/load_run'

export const UNCERTAIN_DECISIONS = ['accepted', 'rejected', 'resend'] as const
export type UncertainDecision = (typeof UNCERTAIN_DECISIONS)[number]

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
  const run = await loadRun(deliveryPool(), o.runId)
  if (!run || run.accountId !== o.accountId) return 0

  const changed = await inTransaction(deliveryPool(), async (client) => {
    const { rows: decided } = await client.query<{
      seq: number
      address: string
      destination: string
    }>(
      `with meant as (
         select d.run_id, d.seq from deliveries d join campaign_runs r on r.id = d.run_id
          where d.run_id = $1 and r.account_id = $2 and d.state = 'uncertain' and ($3::int[] is null or d.seq = any($3::int[]))
            and ($4 <> 'resend' or r.state in ('expanding', 'running')) order by d.seq for update of d)
       update deliveries d set state = case $4 when 'resend' then 'pending' else $4 end, outcome_at = case $4 when 'resend' then null else now() end,
              lease = null, reason = case $4 when 'rejected' then 'decided' end, detail = null
         from meant m where d.run_id = m.run_id and d.seq = m.seq returning d.seq, d.address, d.destination`,
      [o.runId, o.accountId, o.seqs ? [...o.seqs] : null, o.decision]
    )
    const n = decided.length
    if (o.expected !== undefined && n !== o.expected)
      throw new UncertainChangedError({ expected: o.expected, found: n })
    if (n === 0) return 0
    /** The run may end at this moment: whoever has its row first decides */
    const { rowCount } = await client.query(
      `update campaign_runs set uncertain = uncertain - $2, accepted = accepted + case $3 when 'accepted' then $2 else 0 end,
              rejected = rejected + case $3 when 'rejected' then $2 else 0 end, pending = pending + case $3 when 'resend' then $2 else 0 end
        where id = $1 and ($3 <> 'resend' or state in ('expanding', 'running'))`,
      [o.runId, n, o.decision]
    )
    if (rowCount === 0) throw new RunOverError()
    await client.query(
      `update run_destinations d set uncertain = d.uncertain - x.n, accepted = d.accepted + case $3 when 'accepted' then x.n else 0 end,
              rejected = d.rejected + case $3 when 'rejected' then x.n else 0 end
         from (select y.destination, count(*)::int n from unnest($2::text[]) y(destination) group by 1) x where d.run_id = $1 and d.destination = x.destination`,
      [o.runId, decided.map((row) => row.destination), o.decision]
    )
    if (o.decision === 'rejected')
      await client.query(
        `insert into run_refusals as t (run_id, reason, deliveries) values ($1, 'decided', $2)
         on conflict (run_id, reason) do update set deliveries = t.deliveries + excluded.deliveries`,
        [o.runId, n]
      )
    if (o.decision === 'resend')
      /** A chunk that waits for a deferred row does not wait for this one; one that a worker has finds it on its return */
      await client.query(
        `update delivery_chunks c set state = 'open', not_before = now() where c.run_id = $1 and c.state in ('done', 'open')
            and exists (select 1 from unnest($2::int[]) s(seq) where s.seq between c.from_seq and c.to_seq)`,
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
              priceUnits({
                units: { [unit]: 1 },
                unitPrices: run.quote.unitPrices,
                address: row.address,
              }),
            0n
          )
        : 0n
      await client.query('update campaign_runs set cost_micro = cost_micro + $2 where id = $1', [
        o.runId,
        costMicro.toString(),
      ])
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
