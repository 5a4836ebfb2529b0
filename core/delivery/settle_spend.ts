import { captureCost } from './capture_cost.js'
import { inTransaction } from './pool.js'
import { priceUnits } from './price_units.js'
import type { Run } from './run_snapshot.js'

/**
 * Settles one report of spend or of finished work: recorded once under its key, and captured in the same transaction.
 *
 * @returns whether what was held is used up: the kernel, not the plugin, stops at the approved ceiling
 */
export async function settleSpend(o: { run: Run; key: string; units: Readonly<Record<string, number>> }): Promise<{ exhausted: boolean }> {
  const costMicro = priceUnits({ units: o.units, unitPrices: o.run.quote.unitPrices, address: '' })
  return inTransaction(async (client) => {
    await client.query('select 1 from campaign_runs where id = $1 for no key update', [o.run.id])
    const recorded = await client.query(
      'insert into campaign_spend (run_id, report_key, units, cost_micro) values ($1, $2, $3::jsonb, $4) on conflict (run_id, report_key) do nothing',
      [o.run.id, o.key, JSON.stringify(o.units), costMicro.toString()]
    )
    if (recorded.rowCount) {
      await client.query('update campaign_runs set cost_micro = cost_micro + $2, last_outcome_at = now() where id = $1', [o.run.id, costMicro.toString()])
      await captureCost({ client, run: o.run, costMicro, chunk: `${o.run.id}:${o.key}` })
    }
    const { rows } = await client.query<{ exhausted: boolean }>(
      `select captured >= held exhausted from campaign_holds where campaign_id = $1 and n = $2`,
      [o.run.campaignId, o.run.holdN]
    )
    return { exhausted: rows[0]?.exhausted ?? true }
  })
}
