import { sql } from '#core/database/sql'
import type { SuppressionReason } from '../models/suppression.js'

/**
 * Which of some addresses of an account must not be written to, and why.
 *
 * @param o.addresses as they are compared; others are not found
 */
export async function suppressedAddresses(o: {
  accountId: string
  addresses: readonly string[]
}): Promise<ReadonlyMap<string, SuppressionReason>> {
  if (o.addresses.length === 0) return new Map()
  const rows = await sql<{ address: string; reason: SuppressionReason }>(
    `select address, reason from suppressions where account_id = $1::uuid
      and address = any($2::text[])`,
    [o.accountId, [...o.addresses]]
  )
  return new Map(rows.map((row) => [row.address, row.reason]))
}
