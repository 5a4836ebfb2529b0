/**
 * What one message, or a piece of work, costs by the prices that were frozen in the quote: the longest prefix of the address that the
 * quote names.
 *
 * @param o.units how many of each unit were used
 * @param o.unitPrices `unit|prefix` → micro-units, from the quote
 * @returns millionths of a minor unit; null when the quote has no price for one of the units
 * @throws Error naming the unit when a count is not whole or negative
 */
export function priceUnits(o: {
  units: Readonly<Record<string, number>>
  unitPrices: Readonly<Record<string, string>>
  address: string
}): bigint | null {
  const digits = o.address.replace(/^\+/, '')
  let total = 0n
  for (const [unit, count] of Object.entries(o.units)) {
    if (!Number.isSafeInteger(count) || count < 0)
      throw new Error(`The sender reported ${count} of ${unit}: units are whole and not negative`)
    const price = priceOf({ unit, digits, unitPrices: o.unitPrices })
    if (price === null) return null
    total += BigInt(count) * price
  }
  return total
}

function priceOf(o: {
  unit: string
  digits: string
  unitPrices: Readonly<Record<string, string>>
}): bigint | null {
  let best: { length: number; price: string } | null = null
  for (const [key, price] of Object.entries(o.unitPrices)) {
    const [name, prefix] = key.split('|') as [string, string]
    if (name === o.unit && o.digits.startsWith(prefix) && prefix.length >= (best?.length ?? 0))
      best = { length: prefix.length, price }
  }
  return best && BigInt(best.price)
}
