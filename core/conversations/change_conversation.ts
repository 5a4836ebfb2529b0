import { inTransaction } from '#core/database/in_transaction'
import { sql } from '#core/database/sql'
import { ConversationUnknownError } from './errors.js'
import type { ConversationState } from './list_conversations.js'

type Which = { readonly accountId: string; readonly id: string }

/** Says that somebody has read all that was written so far */
export async function markRead(o: Which): Promise<void> {
  await sql(
    `update conversations set unread = 0 where id = $1::uuid and account_id = $2::uuid
      and unread > 0`,
    [o.id, o.accountId]
  )
}

/**
 * Ends a conversation, or opens it again. A new message opens it by itself.
 *
 * @throws ConversationUnknownError when the account has no such conversation
 */
export async function setConversationState(o: Which & { state: ConversationState }): Promise<void> {
  const changed = await sql(
    `update conversations set state = $3, unread = 0 where id = $1::uuid and account_id = $2::uuid
      returning 1`,
    [o.id, o.accountId, o.state]
  )
  if (changed.length === 0) throw new ConversationUnknownError(o.id)
}

/**
 * Gives a conversation to a member of the account, or to nobody.
 *
 * @param o.userId a member; null for nobody
 * @throws ConversationUnknownError when the account has no such conversation, or no such member
 */
export async function assignConversation(o: Which & { userId: string | null }): Promise<void> {
  const changed = await sql(
    `update conversations c set assigned_to = $3::uuid
      where c.id = $1::uuid and c.account_id = $2::uuid
        and ($3::uuid is null or exists (select 1 from memberships m
          where m.account_id = c.account_id and m.user_id = $3::uuid))
      returning 1`,
    [o.id, o.accountId, o.userId]
  )
  if (changed.length === 0) throw new ConversationUnknownError(o.id)
}

/**
 * Writes a note that only the account's own people see.
 *
 * @throws ConversationUnknownError when the account has no such conversation
 */
export async function addNote(
  o: Which & { text: string; by: { readonly id: string; readonly name: string }; now: Date }
): Promise<void> {
  await inTransaction(async (trx) => {
    const found = await sql(
      'select 1 from conversations where id = $1::uuid and account_id = $2::uuid for update',
      [o.id, o.accountId],
      trx
    )
    if (found.length === 0) throw new ConversationUnknownError(o.id)
    await sql(
      `insert into conversation_messages (conversation_id, kind, text, by_user, by_name, at)
       values ($1::uuid, 'note', $2, $3::uuid, $4, $5::timestamptz)`,
      [o.id, o.text, o.by.id, o.by.name, o.now.toISOString()],
      trx
    )
  })
}
