import { AddressInvalidError } from '../errors.js'
import { normaliseEmail } from './email_address.js'
import { phoneReader } from './phone_number.js'

/**
 * The one form in which an address is stored and compared, whichever of the two kinds it is.
 *
 * @param country ISO 3166 alpha-2 of a phone number that names no country
 * @throws AddressInvalidError
 */
export function normaliseAddress(address: string, country = 'CI'): string {
  const found = address.includes('@') ? normaliseEmail(address) : phoneReader(country)(address)
  if (!found) throw new AddressInvalidError(address.slice(0, 80))
  return found
}
