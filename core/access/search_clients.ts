import { whereText } from '#core/database/where_text'
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
    const person = (name: string) =>
      `(select string_agg(u.${name}, chr(10)) from memberships m join users u on u.id = m.user_id where m.account_id = accounts.id)`
    whereText(query, ['name', person('email'), person('full_name')], o.search)
  }
  if (o.status) void query.where('status', o.status)
  return keysetPage<Account>({ query, cursor: o.cursor })
}
