import type { Estimate, Text } from '@griot/sdk'
import { roundMicro } from '#core/ledger/money'
import { PriceMissingError } from './errors.js'
import type { RateBook } from './rate_book.js'

/** A line of a quote, as it is stored: amounts as decimal strings of minor units, prices of micro-units */
export type QuoteLine = {
  readonly unit: string
  readonly prefix: string
  readonly minimum: number
  readonly expected: number
  readonly maximum: number
  readonly priceMicro: string
  readonly amount: string
  readonly because: Text
}

export type PricedEstimate = {
  readonly minimum: bigint
  readonly expected: bigint
  readonly maximum: bigint
  readonly lines: readonly QuoteLine[]
  /** `unit|prefix` → micro-units: what a settled unit costs, whatever the rate card says later */
  readonly unitPrices: Readonly<Record<string, string>>
}

/**
 * Estimate × rate card. The price of a tier is the one that the maximum reaches, for all three figures, so that a
 * settled unit always costs what its line says and the sum can never pass the maximum.
 *
 * @throws PriceMissingError naming the unit and destination without a price
 */
export function priceEstimate(o: {
  estimate: Estimate
  rates: RateBook
  currency: string
}): PricedEstimate {
  let minimum = 0n
  let expected = 0n
  let maximum = 0n
  const unitPrices: Record<string, string> = {}

  const lines = o.estimate.quantities.map((quantity): QuoteLine => {
    const prefix = quantity.prefix ?? ''
    const price = o.rates.priceOf({ unit: quantity.unit, prefix, units: quantity.maximum })
    if (price === null)
      throw new PriceMissingError({ unit: quantity.unit, prefix, currency: o.currency })

    minimum += BigInt(quantity.minimum) * price
    expected += BigInt(quantity.expected) * price
    maximum += BigInt(quantity.maximum) * price
    unitPrices[`${quantity.unit}|${prefix}`] = price.toString()
    return {
      unit: quantity.unit,
      prefix,
      minimum: quantity.minimum,
      expected: quantity.expected,
      maximum: quantity.maximum,
      priceMicro: price.toString(),
      amount: roundMicro(BigInt(quantity.maximum) * price).toString(),
      because: quantity.because,
    }
  })

  return {
    minimum: roundMicro(minimum),
    expected: roundMicro(expected),
    maximum: roundMicro(maximum),
    lines,
    unitPrices,
  }
}
