import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { sql } from '#core/database/sql'

/**
 * Puts contacts of an account into one of its lists. Those that are in it already, and those of others, change nothing.
 *
 * @returns how many were added
 */
export async function addToList(o: {
  accountId: string
  listId: string
  contactIds: readonly string[]
  trx: TransactionClientContract
}): Promise<number> {
  const added = await sql(
    `insert into contact_list_members (list_id, contact_id)
     select l.id, c.id from contact_lists l join contacts c on c.account_id = l.account_id
      where l.id = $2::uuid and l.account_id = $1::uuid and c.id = any($3::uuid[])
     on conflict do nothing returning 1`,
    [o.accountId, o.listId, [...new Set(o.contactIds)]],
    o.trx
  )
  return added.length
}
