import { parseMoney } from '#core/http/forms/parse_money'
import { AmountError } from './amount_error.js'

/** Minor units that one movement by hand may have: far above any transfer, far below what a bigint holds */
const LARGEST = 1_000_000_000_000n

/**
 * Reads an amount as somebody typed it, for a movement by hand.
 *
 * @param o.field name of the input, for the sentence beside it
 * @returns minor units, more than zero
 * @throws AmountError
 */
export function readAmount(o: { text: string; currency: string; field: string }): bigint {
  const amount = parse(o)
  if (amount <= 0n) throw new AmountError('too_small', o.field)
  if (amount > LARGEST)
    throw new AmountError('too_large', o.field, { data: { max: Number(LARGEST) } })
  return amount
}

function parse(o: { text: string; currency: string; field: string }): bigint {
  try {
    return parseMoney(o.text, o.currency)
  } catch (cause) {
    throw new AmountError('unreadable', o.field, { cause })
  }
}
