import type pg from 'pg'

/** Adds to what a run has cost so far, in millionths of a minor unit, with the time of its last outcome */
export async function addRunCost(
  client: pg.PoolClient,
  o: { runId: number; costMicro: bigint }
): Promise<void> {
  await client.query(
    'update campaign_runs set cost_micro = cost_micro + $2, last_outcome_at = now() where id = $1',
    [o.runId, o.costMicro.toString()]
  )
}
