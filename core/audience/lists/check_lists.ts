import type { QueryClientContract } from '@adonisjs/lucid/types/database'
import { sql } from '#core/database/sql'
import { ListUnknownError } from '../errors.js'

/**
 * Refuses lists that an account does not have: one that was deleted meanwhile, or another account's, which reads the same.
 *
 * @param o.field of the form that named them
 * @throws ListUnknownError
 */
export async function checkLists(o: {
  accountId: string
  listIds: readonly string[]
  field: 'list' | 'lists'
  trx?: QueryClientContract
}): Promise<void> {
  const wanted = new Set(o.listIds)
  if (wanted.size === 0) return
  const [{ known }] = await sql<{ known: number }>(
    `select count(*)::int known from contact_lists
      where account_id = $1::uuid and id = any($2::uuid[])`,
    [o.accountId, [...wanted]],
    o.trx
  )
  if (known < wanted.size) throw new ListUnknownError(o.field)
}
