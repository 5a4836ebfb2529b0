import { sql } from '#core/database/sql'
import { PAGE_SIZE } from '#core/database/keyset'
import { isUuid } from '#core/database/uuid'

export type ConversationState = 'open' | 'done'

export type ConversationRow = {
  readonly id: string
  readonly address: string
  /** Of the contact who has this address; null when there is none */
  readonly name: string | null
  readonly channel: string
  readonly state: ConversationState
  readonly unread: number
  readonly assignedTo: string | null
  readonly lastText: string
  readonly lastAt: Date
}

type Keyed = ConversationRow & { readonly lastId: string }

/**
 * One page of an account's conversations, the one in which something was said last first. By key: page 1,000 costs what page 1 does.
 *
 * Rows in: a page, and all of the state where something is searched for. Index: conversations_list; contacts by e-mail and by phone.
 *
 * @param o.search in address, name and last message, whatever the case and the accents
 * @param o.assignedTo conversations of this user alone; null for all
 * @param o.cursor `<id` for older ones, `>id` for newer ones; anything else is the first page
 */
export async function listConversations(o: {
  accountId: string
  state: ConversationState
  assignedTo: string | null
  search: string
  cursor: string | null
}): Promise<{ rows: readonly ConversationRow[]; next: string | null; previous: string | null }> {
  const asked = /^([<>])(.{36})$/.exec(o.cursor ?? '')
  const cursor = isUuid(asked?.[2]) ? asked : null
  const backwards = cursor?.[1] === '>'
  const pattern = `%${o.search
    .trim()
    .slice(0, 100)
    .replace(/[\\%_]/g, '\\$&')}%`
  const found = await sql<Keyed>(
    `select c.id, c.address, k.name, c.channel, c.state, c.unread, u.full_name "assignedTo",
            c.last_text "lastText", c.last_at "lastAt", c.last_id "lastId"
       from conversations c
       left join users u on u.id = c.assigned_to
       left join lateral (
         select nullif(concat_ws(' ', k.first_name, k.last_name), '') as name from contacts k
          where k.account_id = c.account_id and (k.email = c.address or k.phone = c.address)
          order by k.id limit 1) k on true
      where c.account_id = $1::uuid and c.state = $2
        and ($3::uuid is null or c.assigned_to = $3::uuid)
        and ($4::uuid is null or case when $5 then c.last_id > $4::uuid else c.last_id < $4::uuid
          end)
        and ($6 = '%%' or search_text(c.address || ' ' || coalesce(k.name, '') || ' '
          || c.last_text) like search_text($6))
      order by case when $5 then c.last_id end, case when not $5 then c.last_id end desc
      limit $7`,
    [o.accountId, o.state, o.assignedTo, cursor?.[2] ?? null, backwards, pattern, PAGE_SIZE + 1]
  )
  const more = found.length > PAGE_SIZE
  const rows = found.slice(0, PAGE_SIZE)
  if (backwards) rows.reverse()
  const [first, last] = [rows.at(0)?.lastId, rows.at(-1)?.lastId]
  return {
    rows,
    next: (backwards || more) && last ? `<${last}` : null,
    previous: (backwards ? more : cursor !== null) && first ? `>${first}` : null,
  }
}

/** How many conversations of an account have something that nobody has read */
export async function countUnread(accountId: string): Promise<number> {
  const [row] = await sql<{ n: number }>(
    `select count(*)::int n from conversations where account_id = $1::uuid and state = 'open'
      and unread > 0`,
    [accountId]
  )
  return row.n
}
