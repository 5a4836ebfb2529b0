import { sql } from '#core/database/sql'
import type { QueryClientContract } from '@adonisjs/lucid/types/database'

export type Rate = {
  readonly unit: string
  readonly prefix: string
  readonly fromUnits: bigint
  readonly priceMicro: bigint
}

/** The rates of one service that are in force at one time, ready to be asked */
export class RateBook {
  constructor(private readonly rates: readonly Rate[]) {}

  /**
   * The price of a unit: longest matching prefix first, then the tier that the quantity reaches.
   *
   * @param o.units how many of the unit are bought at once
   * @returns millionths of a minor unit, or null when nothing matches
   */
  priceOf(o: { unit: string; prefix: string; units: number }): bigint | null {
    const matching = this.rates.filter(
      (rate) => rate.unit === o.unit && o.prefix.startsWith(rate.prefix)
    )
    const longest = Math.max(-1, ...matching.map((rate) => rate.prefix.length))
    const tiers = matching
      .filter((rate) => rate.prefix.length === longest && rate.fromUnits <= BigInt(o.units))
      .sort((a, b) => Number(b.fromUnits - a.fromUnits))
    return tiers.at(0)?.priceMicro ?? null
  }
}

/**
 * Opens the rate card of a service at a time. Published rates are never edited: of several rows for one unit, prefix
 * and tier the latest that has begun is in force.
 */
export async function openRateBook(o: {
  serviceId: string
  currency: string
  at: Date
  trx?: QueryClientContract
}): Promise<RateBook> {
  const rows = await sql<{ unit: string; prefix: string; from_units: bigint; price_micro: bigint }>(
    `select distinct on (r.unit, r.prefix, r.from_units) r.unit, r.prefix, r.from_units,
      r.price_micro
       from rates r join rate_cards c on c.id = r.rate_card_id
      where c.service_id = $1::uuid and c.currency = $2 and r.effective_from <= $3::timestamptz
      order by r.unit, r.prefix, r.from_units, r.effective_from desc`,
    [o.serviceId, o.currency, o.at.toISOString()],
    o.trx
  )
  return new RateBook(
    rows.map((row) => ({
      unit: row.unit,
      prefix: row.prefix,
      fromUnits: row.from_units,
      priceMicro: row.price_micro,
    }))
  )
}
