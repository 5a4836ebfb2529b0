import { keysetPage, type KeysetPage } from '#core/database/keyset'
import Account from '#core/identity/models/account'

/**
 * One page of the client companies, newest first.
 *
 * @param o.search the name of the company, or the name or address of one of its people
 */
export async function searchClients(o: {
  search: string
  status: 'active' | 'suspended' | null
  cursor: string | null
}): Promise<KeysetPage<Account>> {
  const query = Account.query()
  if (o.search) {
    const pattern = `%${o.search.replace(/[\\%_]/g, '\\$&')}%`
    void query.where((either) => {
      void either
        .whereILike('name', pattern)
        .orWhereRaw(
          `exists (select from memberships m join users u on u.id = m.user_id where m.account_id = accounts.id and (u.email ilike ? or u.full_name ilike ?))`,
          [pattern, pattern]
        )
    })
  }
  if (o.status) void query.where('status', o.status)
  return keysetPage<Account>({ query, cursor: o.cursor })
}
