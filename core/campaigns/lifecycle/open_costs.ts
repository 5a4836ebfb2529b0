import type pg from 'pg'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { sql } from '#core/database/sql'

/** What a delivery may still cost, in millionths of a minor unit */
export type OpenCost = {
  readonly seq: number
  /** Whom it was sent to: a price may hang on the prefix */
  readonly address: string
  readonly costMicro: bigint
}

/**
 * Takes what some deliveries of a run may still cost out of what is open: whoever takes it settles it, in the same transaction. What was
 * taken before is not given again.
 *
 * @param o.seqs all of the run when absent
 */
export async function takeOpenCosts(
  client: pg.PoolClient,
  o: { runId: number; seqs?: readonly number[] }
): Promise<OpenCost[]> {
  const { rows } = await client.query<OpenCost>({
    name: 'take_open_costs',
    text: `delete from open_costs o using deliveries d
            where o.run_id = $1 and ($2::int[] is null or o.seq = any($2::int[]))
              and d.run_id = o.run_id and d.seq = o.seq
           returning o.seq, d.address, o.cost_micro "costMicro"`,
    values: [o.runId, o.seqs ? [...o.seqs] : null],
  })
  return rows.sort((a, b) => a.seq - b.seq)
}

/** Keeps what accepted deliveries of a run may cost until it is known what became of them */
export async function keepOpenCosts(
  client: pg.PoolClient,
  o: { runId: number; costs: readonly OpenCost[] }
): Promise<void> {
  await client.query('select keep_open_costs($1, $2::jsonb, $3::int[])', [
    o.runId,
    JSON.stringify(o.costs.map((one) => ({ seq: one.seq, cost: one.costMicro.toString() }))),
    o.costs.map((one) => one.seq),
  ])
}

/** Whether deliveries of a run are not settled yet: its hold stays open for them */
export async function hasOpenCosts(
  runId: number,
  trx?: TransactionClientContract
): Promise<boolean> {
  const rows = await sql('select 1 from open_costs where run_id = $1 limit 1', [runId], trx)
  return rows.length > 0
}
