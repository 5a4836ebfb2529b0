import { currencyExponent } from './currency.js'
import { E_MONEY_UNREADABLE } from '../errors.js'

/**
 * Reads an amount as people type it: « 182 520 », « 182 520 F CFA », "1,250.50", "1 250,50".
 *
 * @param text - what was typed
 * @param currency - an ISO 4217 code
 * @returns minor units
 * @throws E_MONEY_UNREADABLE when it is not an amount, or has more decimals than the currency
 */
export function parseMoney(text: string, currency: string): bigint {
  return parseDecimal(text, currencyExponent(currency), currency)
}

/**
 * Reads a unit price, which may be finer than the minor unit: « 12,5 » in XOF.
 *
 * @returns micro-units: millionths of a minor unit
 * @throws E_MONEY_UNREADABLE
 */
export function parsePrice(text: string, currency: string): bigint {
  return parseDecimal(text, currencyExponent(currency) + 6, currency)
}

function parseDecimal(text: string, decimals: number, currency: string): bigint {
  const bare = text
    .normalize('NFKC')
    .replace(/[\s']/g, '')
    .replace(/\u2212/g, '-')
    .replace(/(?:FCFA|CFA|XOF|XAF|EUR|USD|GNF|€|\$)$/i, '')
    .replace(/F$/i, '')
  const match = /^(-?)(\d+(?:[.,]\d{3})*|\d+)(?:[.,](\d+))?$/.exec(bare)
  if (!match) {
    throw new E_MONEY_UNREADABLE([text, currency])
  }

  /*
  | "1,250" is a thousand in one language and one and a quarter in another: where the currency has no decimals, three
  | digits after a mark are a group
  */
  const [, sign, whole, fraction = ''] = match
  const digits = fraction.padEnd(decimals, '0')
  if (digits.length > decimals) {
    throw new E_MONEY_UNREADABLE([text, currency])
  }
  const value = BigInt(whole.replace(/[.,]/g, '') + digits)
  return sign ? -value : value
}
