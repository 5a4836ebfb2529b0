import { captureCost } from '../dispatch/capture_cost.js'
import { inTransaction } from '#core/database/in_transaction'
import { addRunCost } from '#core/runs/add_run_cost'
import { deliveryPool } from '#core/runs/delivery_pool'
import { UnitsUnpricedError } from '../errors.js'
import { priceUnits } from '../dispatch/price_units.js'
import type { Run } from '#core/runs/run'

/**
 * Settles what a network or a milestone has used. A report gives the total of its period so far; what is captured is the
 * difference to the last report of the same key, in the same transaction as the record. A network that corrects itself
 * downwards is not paid back for: the larger total stands.
 *
 * @param o.key period or milestone
 * @param o.units total of each unit so far
 * @throws UnitsUnpricedError when the quote has no price for a unit: nothing was captured
 * @returns whether what was held is used up: the kernel, not the plugin, stops at the approved ceiling
 */
export async function settleSpend(o: {
  run: Run
  key: string
  units: Readonly<Record<string, number>>
}): Promise<{ exhausted: boolean }> {
  const total = priceUnits({ units: o.units, unitPrices: o.run.quote.unitPrices, address: '' })
  if (total === null) throw new UnitsUnpricedError({ runId: o.run.id, units: Object.keys(o.units) })
  return inTransaction(deliveryPool(), async (client) => {
    await client.query('select 1 from campaign_runs where id = $1 for no key update', [o.run.id])
    const before = await client.query<{ cost_micro: bigint }>(
      'select cost_micro from campaign_spend where run_id = $1 and report_key = $2',
      [o.run.id, o.key]
    )
    const more = total - (before.rows[0]?.cost_micro ?? 0n)
    if (more > 0n || before.rowCount === 0) {
      await client.query(
        `insert into campaign_spend (run_id, report_key, units, cost_micro)
          values ($1, $2, $3::jsonb, $4)
         on conflict (run_id, report_key) do update set units = excluded.units,
           cost_micro = excluded.cost_micro, at = now()`,
        [o.run.id, o.key, JSON.stringify(o.units), total.toString()]
      )
      await addRunCost(client, { runId: o.run.id, costMicro: more })
      await captureCost({
        client,
        run: o.run,
        costMicro: more,
        chunk: `${o.run.id}:${o.key}:${total}`,
      })
    }
    const { rows } = await client.query<{ exhausted: boolean }>(
      `select captured >= held and held > 0 exhausted from campaign_holds where campaign_id = $1
        and n = $2`,
      [o.run.campaignId, o.run.holdN]
    )
    return { exhausted: rows[0]?.exhausted ?? true }
  })
}
