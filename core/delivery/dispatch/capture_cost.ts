import type pg from 'pg'
import { ledgerKeys } from '#core/ledger/ledger_keys'
import type { Run } from '#core/runs/run'

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
  const { key, escrow, revenue, currency } = captureKeys(o.run, o.chunk)
  const { rows } = await o.client.query<{ taken: bigint }>(
    'select capture_cost($1::uuid, $2, $3::bigint, $4, $5, $6, $7) taken',
    [o.run.campaignId, o.run.holdN, o.costMicro.toString(), key, escrow, revenue, currency]
  )
  return rows[0].taken
}

/** What the capture of a piece of work is called in the ledger, and between which of its accounts it moves */
export function captureKeys(run: Run, chunk: string) {
  const { currency } = run.quote
  return {
    key: `capture:${run.campaignId}:${chunk}`,
    escrow: ledgerKeys.escrow(run.campaignId, run.holdN),
    revenue: ledgerKeys.revenue(run.channel, currency),
    currency,
  }
}
