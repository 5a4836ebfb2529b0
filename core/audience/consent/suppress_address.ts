import type { QueryClientContract } from '@adonisjs/lucid/types/database'
import { sql } from '#core/database/sql'
import type { SuppressionReason } from '../models/suppression.js'
import { normaliseAddress } from '../addresses/normalise_address.js'

/**
 * Makes sure that an address is never written to again by an account. Asking twice changes nothing: the first
 * reason stays.
 *
 * @param o.address in any form that people write
 * @param o.source what brought it: `campaign:<id>`, `portal`, `receipt`
 * @param o.country ISO 3166 alpha-2 of a phone number that names no country
 * @returns the address as it is compared
 * @throws AddressInvalidError
 */
export async function suppressAddress(o: {
  accountId: string
  address: string
  reason: SuppressionReason
  source: string
  country?: string | undefined
  trx?: QueryClientContract | undefined
}): Promise<string> {
  const address = normaliseAddress(o.address, o.country)
  await sql(
    `insert into suppressions (account_id, address, reason, source) values ($1, $2, $3, $4)
     on conflict (account_id, address) do nothing`,
    [o.accountId, address, o.reason, o.source],
    o.trx
  )
  return address
}
