import { sql } from '#core/database/sql'
import { ConversationUnknownError } from './errors.js'
import type { ConversationState } from './list_conversations.js'

/** Messages of a thread that are shown at once */
const SHOWN = 100

export type ThreadMessage = {
  readonly id: string
  readonly kind: 'received' | 'note'
  readonly text: string
  readonly by: string
  /** The campaign whose message it answers */
  readonly campaign: { readonly id: string; readonly name: string } | null
  readonly at: Date
}

export type Conversation = {
  readonly id: string
  readonly address: string
  readonly channel: string
  readonly state: ConversationState
  readonly assignedTo: string | null
  readonly contact: { readonly id: string; readonly name: string } | null
  /** Newest first */
  readonly messages: readonly ThreadMessage[]
  /** Cursor of what was said before; null when that is all */
  readonly earlier: string | null
}

/**
 * A conversation of an account with what was said in it, newest first.
 *
 * @param o.before messages older than this one; the newest when null
 * @throws ConversationUnknownError when the account has no such conversation
 */
export async function readConversation(o: {
  accountId: string
  id: string
  before: string | null
}): Promise<Conversation> {
  const [found] = await sql<Omit<Conversation, 'messages' | 'earlier'>>(
    `select c.id, c.address, c.channel, c.state, c.assigned_to "assignedTo",
            case when k.id is not null then json_build_object('id', k.id, 'name',
              coalesce(nullif(concat_ws(' ', k.first_name, k.last_name), ''), c.address))
              end contact
       from conversations c
       left join lateral (
         select k.id, k.first_name, k.last_name from contacts k
          where k.account_id = c.account_id and (k.email = c.address or k.phone = c.address)
          order by k.id limit 1) k on true
      where c.id = $1::uuid and c.account_id = $2::uuid`,
    [o.id, o.accountId]
  )
  if (!found) throw new ConversationUnknownError(o.id)
  const messages = await sql<ThreadMessage>(
    `select m.id, m.kind, m.text, m.by_name "by", m.at,
            case when r.id is not null then json_build_object('id', r.campaign_id, 'name',
              r.campaign_name) end campaign
       from conversation_messages m left join campaign_runs r on r.id = m.run_id
      where m.conversation_id = $1::uuid and ($2::uuid is null or m.id < $2::uuid)
      order by m.id desc limit $3`,
    [o.id, o.before, SHOWN + 1]
  )
  const shown = messages.slice(0, SHOWN)
  return {
    ...found,
    messages: shown,
    earlier: messages.length > SHOWN ? (shown.at(-1)?.id ?? null) : null,
  }
}

/** @throws ConversationUnknownError when the account has no such conversation */
export async function requireConversation(o: { accountId: string; id: string }): Promise<void> {
  const found = await sql(
    'select 1 from conversations where id = $1::uuid and account_id = $2::uuid',
    [o.id, o.accountId]
  )
  if (found.length === 0) throw new ConversationUnknownError(o.id)
}
