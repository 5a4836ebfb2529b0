import { sql } from '#core/database/sql'
import { normaliseAddress } from '../addresses/normalise_address.js'

/**
 * Lets an account write to an address again. The consent of its contact is not touched.
 *
 * @returns whether it was suppressed
 * @throws AddressInvalidError
 */
export async function unsuppressAddress(o: {
  accountId: string
  address: string
  country?: string | undefined
}): Promise<boolean> {
  const gone = await sql(
    `delete from suppressions where account_id = $1 and address = $2 returning id`,
    [o.accountId, normaliseAddress(o.address, o.country)]
  )
  return gone.length > 0
}
