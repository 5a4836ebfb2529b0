import { deliveryPool } from '#core/runs/delivery_pool'
import { rejectLeased } from '#core/runs/deliveries/reject_leased'
import type { Run } from '#core/runs/run'
import type { LeasedChunk } from './lease_chunk.js'
import { priceUnits } from './price_units.js'

/**
 * Leaves out of a leased chunk whom the quote has no price for. They are rejected with that reason before anything is handed over:
 * what was sent could be neither charged nor taken back.
 *
 * @param o.unit the channel's unit for one message
 * @returns the chunk with those who can be sent to
 */
export async function rejectUnpriced(o: {
  chunk: LeasedChunk
  run: Run
  unit: string
  now: Date
}): Promise<LeasedChunk> {
  const { chunk, run } = o
  const { unitPrices } = run.quote
  const priced = chunk.rows.filter(
    ({ address }) => priceUnits({ units: { [o.unit]: 1 }, unitPrices, address }) !== null
  )
  if (priced.length === chunk.rows.length) return chunk
  const kept = new Set(priced)
  await rejectLeased(deliveryPool(), {
    runId: run.id,
    lease: chunk.lease,
    seqs: chunk.rows.filter((row) => !kept.has(row)).map((row) => row.seq),
    reason: 'no_price',
    now: o.now,
  })
  return { ...chunk, rows: priced }
}
