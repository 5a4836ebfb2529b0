import { inListOrAll } from '../lists/in_list.js'
import { sql } from '#core/database/sql'
import { BYTE_ORDER_MARK, csvLine } from '#core/http/csv/csv_line'
import type { Consent } from '../models/contact.js'

type Exported = {
  readonly id: string
  readonly cells: readonly (string | null)[]
  readonly consent: Consent
  readonly fields: Readonly<Record<string, string>>
}

/** Rows read at a time */
const BATCH = 2_000

/**
 * Contacts as a file that a spreadsheet opens, and that comes back by an import as it was.
 *
 * @param o.listId members of this list only; null for all
 * @param o.words the heading of a column, or the word of a consent, in the person's language
 * @returns pieces of text; the first begins with a byte-order mark
 */
export async function* exportContacts(o: {
  accountId: string
  listId: string | null
  consent: Consent | null
  words: (key: string) => string
}): AsyncGenerator<string> {
  const keys = await ownFieldKeys(o.accountId)
  const columns = ['email', 'phone', 'first_name', 'last_name', 'city', 'country', 'language']
  const headings = [...columns, 'consent'].map((name) => o.words(`fields.${name}`))
  yield BYTE_ORDER_MARK + csvLine([...headings, ...keys])

  let after = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const rows = await sql<Exported>(
      `select c.id, array[c.email, c.phone, c.first_name, c.last_name, c.city, c.country,
        c.language] cells, c.consent, c.fields
       from contacts c
       where c.account_id = $1::uuid and c.id > $2::uuid and ($4::text is null or c.consent = $4)
         and ${inListOrAll('$3')}
       order by c.id limit ${BATCH}`,
      [o.accountId, after, o.listId, o.consent]
    )
    if (rows.length === 0) return
    yield rows
      .map((row) =>
        csvLine([
          ...row.cells,
          row.consent === 'unknown' ? null : o.words(`consent_cell.${row.consent}`),
          ...keys.map((key) => row.fields[key] ?? null),
        ])
      )
      .join('')
    after = rows.at(-1)?.id ?? after
  }
}

/** Keys of the account's own fields, in alphabetical order */
async function ownFieldKeys(accountId: string): Promise<string[]> {
  const rows = await sql<{ key: string }>(
    `select distinct k.key from contacts c cross join lateral jsonb_object_keys(c.fields) k(key)
     where c.account_id = $1::uuid order by k.key`,
    [accountId]
  )
  return rows.map((row) => row.key)
}
