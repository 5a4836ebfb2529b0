import { parsePrice } from '#core/http/forms/parse_money'
import { RateRefusedError } from './service_errors.js'

/** Micro-units of the finest price: a hundredth of a minor unit */
const FINEST = 10_000n

/**
 * Reads a unit price as somebody typed it, with two decimals of the minor unit at most: « 12,55 » in F CFA.
 *
 * @returns millionths of a minor unit, zero or more
 * @throws RateRefusedError at the field `price`
 */
export function readPrice(o: { text: string; currency: string }): bigint {
  const price = parse(o)
  if (price < 0n) throw new RateRefusedError('price', 'price')
  if (price % FINEST !== 0n) throw new RateRefusedError('decimals', 'price')
  return price
}

function parse(o: { text: string; currency: string }): bigint {
  try {
    return parsePrice(o.text, o.currency)
  } catch (cause) {
    throw new RateRefusedError('price', 'price', { cause })
  }
}
