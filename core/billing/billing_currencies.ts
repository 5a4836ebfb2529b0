import { sql } from '#core/database/sql'

/** Currencies that prices are told in everywhere */
const ALWAYS = ['XOF', 'XAF']

/** Currencies that the operator needs prices in: the two of the first market, those of the clients, and those that have a rate card */
export async function billingCurrencies(): Promise<string[]> {
  const rows = await sql<{ currency: string }>(
    'select distinct currency from accounts union select distinct currency from rate_cards'
  )
  const others = rows
    .map((row) => row.currency.trim())
    .filter((currency) => !ALWAYS.includes(currency))
  return [...ALWAYS, ...others.sort()]
}
