import { inTransaction } from '#core/database/in_transaction'
import { sql } from '#core/database/sql'

/**
 * Sets a price from a date on. The row before it stays: quotes and reports of the past read it.
 *
 * @param o.priceMicro millionths of a minor unit: 12.5 F CFA is 12,500,000
 * @param o.prefix digits of the destination that the price is for; '' for all
 * @param o.fromUnits quantity from which the price holds; 0 for the first tier
 */
export async function setRate(o: {
  serviceId: string
  currency: string
  unit: string
  prefix?: string
  fromUnits?: bigint
  priceMicro: bigint
  effectiveFrom?: Date
  staffId?: string | null
}): Promise<void> {
  await inTransaction(async (trx) => {
    const [card] = await sql<{ id: string }>(
      `insert into rate_cards (service_id, currency) values ($1, $2)
       on conflict (service_id, currency) do update set currency = excluded.currency returning id`,
      [o.serviceId, o.currency],
      trx
    )
    await sql(
      `insert into rates (rate_card_id, unit, prefix, from_units, price_micro, effective_from,
        created_by)
       values ($1, $2, $3, $4, $5, coalesce($6::timestamptz, now()), $7)
       on conflict (rate_card_id, unit, prefix, from_units, effective_from) do update
         set price_micro = excluded.price_micro`,
      [
        card.id,
        o.unit,
        o.prefix ?? '',
        (o.fromUnits ?? 0n).toString(),
        o.priceMicro.toString(),
        o.effectiveFrom?.toISOString() ?? null,
        o.staffId ?? null,
      ],
      trx
    )
  })
}
