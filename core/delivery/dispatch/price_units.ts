/**
 * What units cost at the prices of the quote: the longest prefix of the address that the quote names.
 *
 * @param o.units how many of each unit were used
 * @param o.unitPrices `unit|prefix` → micro-units, from the quote
 * @returns millionths of a minor unit
 * @throws Error naming the unit when the quote has no price for it: the sender used what nobody estimated
 */
export function priceUnits(o: {
  units: Readonly<Record<string, number>>
  unitPrices: Readonly<Record<string, string>>
  address: string
}): bigint {
  const digits = o.address.replace(/^\+/, '')
  let total = 0n
  for (const [unit, count] of Object.entries(o.units)) {
    if (!Number.isSafeInteger(count) || count < 0)
      throw new Error(`The sender reported ${count} of ${unit}: units are whole and not negative`)
    let best: { length: number; price: string } | null = null
    for (const [key, price] of Object.entries(o.unitPrices)) {
      const [name, prefix] = key.split('|') as [string, string]
      if (name === unit && digits.startsWith(prefix) && prefix.length >= (best?.length ?? 0))
        best = { length: prefix.length, price }
    }
    if (!best) throw new Error(`The quote has no price for ${unit}`)
    total += BigInt(count) * BigInt(best.price)
  }
  return total
}
