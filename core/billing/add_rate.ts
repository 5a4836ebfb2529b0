import { inTransaction } from '#core/database/in_transaction'
import { sql } from '#core/database/sql'
import { RateRefusedError } from './service_errors.js'

/** Milliseconds by which a time that was typed may lie behind: a form takes a while */
const TOLERANCE_MS = 10 * 60_000

/**
 * Adds a price from a date on. What stands on the rate card stays as it is: the new price takes over from its date.
 *
 * @param o.priceMicro millionths of a minor unit
 * @param o.prefix digits of the destination; '' for all
 * @param o.fromUnits quantity from which the price holds
 * @param o.effectiveFrom null for now
 * @throws RateRefusedError when the date is past, or a price begins at that very moment already
 */
export async function addRate(o: {
  serviceId: string
  currency: string
  unit: string
  prefix: string
  fromUnits: bigint
  priceMicro: bigint
  effectiveFrom: Date | null
  staffId: string
  now: Date
}): Promise<void> {
  if (o.effectiveFrom && o.effectiveFrom.getTime() < o.now.getTime() - TOLERANCE_MS)
    throw new RateRefusedError('past', 'effective_from')
  const from = o.effectiveFrom && o.effectiveFrom > o.now ? o.effectiveFrom : o.now

  await inTransaction(async (trx) => {
    const [card] = await sql<{ id: string }>(
      `insert into rate_cards (service_id, currency) values ($1, $2)
       on conflict (service_id, currency) do update set currency = excluded.currency returning id`,
      [o.serviceId, o.currency],
      trx
    )
    const added = await sql(
      `insert into rates (rate_card_id, unit, prefix, from_units, price_micro, effective_from,
        created_by)
       values ($1, $2, $3, $4, $5, $6::timestamptz, $7) on conflict do nothing returning id`,
      [
        card.id,
        o.unit,
        o.prefix,
        o.fromUnits.toString(),
        o.priceMicro.toString(),
        from.toISOString(),
        o.staffId,
      ],
      trx
    )
    if (added.length === 0) throw new RateRefusedError('taken', 'effective_from')
  })
}
