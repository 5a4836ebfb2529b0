import type pg from 'pg'
import { roundMicro } from '#core/ledger/money'
import { ledgerKeys } from '#core/ledger/ledger_keys'
import type { Run } from './run_snapshot.js'

/**
 * Captures what a piece of work cost from the campaign's hold. The rounding is cumulative over the hold: what is
 * taken now is the new rounded total less the old one. Never more than was held.
 *
 * Runs on the caller's connection, last in its transaction: the ledger's hot rows are locked briefly.
 *
 * @param o.costMicro millionths of a minor unit
 * @param o.chunk names the work; the ledger takes it once
 * @returns minor units taken
 */
export async function captureCost(o: {
  client: pg.PoolClient
  run: Run
  costMicro: bigint
  chunk: string
}): Promise<bigint> {
  if (o.costMicro === 0n) return 0n
  const { rows } = await o.client.query<{
    held: bigint
    captured: bigint
    cost_micro: bigint
    channel: string
  }>({
    name: 'add_cost',
    text: `update campaign_holds h set cost_micro = cost_micro + $3 where campaign_id = $1 and n = $2 and state = 'open' returning held, captured, cost_micro`,
    values: [o.run.campaignId, o.run.holdN, o.costMicro.toString()],
  })
  const hold = rows.at(0)
  /** An answer that comes after settlement changes the report, never the bill */
  if (!hold) return 0n

  const total = roundMicro(hold.cost_micro)
  const due = (total < hold.held ? total : hold.held) - hold.captured
  if (due <= 0n) return 0n

  const revenue = ledgerKeys.revenue(o.run.channel, o.run.quote.currency)
  await o.client.query({
    name: 'open_revenue',
    text: `select ledger_open($1, 'revenue', $2, null, null)`,
    values: [revenue, o.run.quote.currency],
  })
  await o.client.query({
    name: 'count_captured',
    text: 'update campaign_holds set captured = captured + $3 where campaign_id = $1 and n = $2',
    values: [o.run.campaignId, o.run.holdN, due.toString()],
  })
  await o.client.query({
    name: 'capture_post',
    text: `select ledger_post($1, 'capture', jsonb_build_array(jsonb_build_object('from', $2::text, 'to', $3::text, 'amount', $4::bigint)), 'campaign', $5)`,
    values: [
      `capture:${o.run.campaignId}:${o.chunk}`,
      ledgerKeys.escrow(o.run.campaignId, o.run.holdN),
      revenue,
      due.toString(),
      o.run.campaignId,
    ],
  })
  return due
}
