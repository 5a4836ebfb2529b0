import db from '@adonisjs/lucid/services/db'
import { whereText } from '#core/database/where_text'
import { keysetPage, type KeysetPage } from '#core/database/keyset'
import type { ContactListOption } from './contact_list_options.js'

/**
 * One page of an account's lists, newest first, each with its size.
 *
 * @param o.search a part of the name; all when empty
 */
export function searchLists(o: {
  accountId: string
  search: string
  cursor: string | null
}): Promise<KeysetPage<ContactListOption>> {
  const query = db
    .from('contact_lists as l')
    .where('l.account_id', o.accountId)
    .select('l.id', 'l.name', 'l.created_at as createdAt')
    /** Counted for the rows of the page only: Postgres puts it off until after the limit */
    .select(
      db.raw(
        '(select count(*)::int from contact_list_members m where m.list_id = l.id) as contacts'
      )
    )
  if (o.search) whereText(query, ['l.name'], o.search)
  return keysetPage<ContactListOption>({ query, cursor: o.cursor, column: 'l.id' })
}
