import type pg from 'pg'
import type { ReceiptKind } from '@griot/sdk'
import type { PlacedMessage, PlacedReceipt } from '#core/facts/received_fact'
import type { ReceiptFate } from '#core/facts/takers'
import { recordReceipts } from '#core/tracking/recording/record_receipts'
import { meaningOf, readOptWords, type Meaning } from './opt_words.js'
import debug from './debug.js'

/**
 * Takes what people wrote back, once each. A word by which they end our messages ends them for their address; one by which they ask for
 * them again takes that back; all else becomes a conversation. In the transaction that records the facts.
 *
 * @returns what became of each
 */
export async function recordMessages(
  client: pg.PoolClient,
  messages: readonly PlacedMessage[]
): Promise<ReceiptFate[]> {
  const fresh = await newOnes(client, messages)
  const words = await readOptWords(client)
  const meanings = fresh.map(({ fact }) => meaningOf(fact.text, words))
  /** Of the deliveries that they answer, so that a campaign knows who replied and who left */
  await recordReceipts(
    client,
    fresh.map((message, n) => receiptOf(message, meanings[n]))
  )
  for (const [n, message] of fresh.entries()) {
    if (meanings[n] === 'in') await welcomeBack(client, message)
    if (meanings[n] === null) await addToConversation(client, message)
  }
  debug('%d messages, %d of them words', fresh.length, meanings.filter(Boolean).length)
  const known = new Set(fresh)
  return messages.map((message) => (known.has(message) ? 'new' : 'known'))
}

/**
 * Those that were never taken before. By the fact alone: who wrote may have been sent another campaign since, and an old STOP or OUI
 * that is told again must not undo what was said after it.
 */
async function newOnes(
  client: pg.PoolClient,
  messages: readonly PlacedMessage[]
): Promise<PlacedMessage[]> {
  const { rows } = await client.query<{ id: string }>({
    name: 'new_messages',
    text: `insert into message_facts (plugin_id, endpoint, fact_id, at)
           select distinct on (plugin_id, endpoint, fact_id) *
             from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[])
               m(plugin_id, endpoint, fact_id, at)
            order by plugin_id, endpoint, fact_id
           on conflict (plugin_id, endpoint, fact_id) do nothing
           returning plugin_id || ' ' || endpoint || ' ' || fact_id id`,
    values: [
      messages.map((one) => one.pluginId),
      messages.map((one) => one.fact.endpoint ?? ''),
      messages.map((one) => one.fact.id),
      messages.map((one) => one.fact.at),
    ],
  })
  const fresh = new Set(rows.map((row) => row.id))
  return messages.filter(({ pluginId, fact }) =>
    fresh.delete(`${pluginId} ${fact.endpoint ?? ''} ${fact.id}`)
  )
}

function receiptOf(message: PlacedMessage, meaning: Meaning | null): PlacedReceipt {
  const { runId, seq, pluginId, fact } = message
  const is: ReceiptKind = meaning === 'out' ? 'unsubscribed' : 'replied'
  return {
    runId,
    seq,
    pluginId,
    part: null,
    fact: {
      kind: 'receipt',
      id: `message ${fact.id}`,
      at: fact.at,
      ...(fact.endpoint === undefined ? {} : { endpoint: fact.endpoint }),
      of: { deliveryId: `${runId}.${seq}` },
      is,
    },
  }
}

/** Takes back that they left. A dead address, a complaint and a decision of the account stay */
async function welcomeBack(client: pg.PoolClient, message: PlacedMessage): Promise<void> {
  await client.query({
    name: 'welcome_back',
    text: `select unsuppress_address(r.account_id, d.address, 'unsubscribed')
             from deliveries d join campaign_runs r on r.id = d.run_id
            where d.run_id = $1 and d.seq = $2`,
    values: [message.runId, message.seq],
  })
}

async function addToConversation(client: pg.PoolClient, message: PlacedMessage): Promise<void> {
  const { runId, seq, pluginId, fact } = message
  await client.query({
    name: 'add_to_conversation',
    text: `with found as (
             insert into conversations as c (account_id, plugin_id, channel, endpoint, address,
               unread, last_text, last_at)
               select r.account_id, r.plugin_id, r.channel, $3, d.address, 1, left($4, 200), $5
                 from deliveries d join campaign_runs r on r.id = d.run_id
                where d.run_id = $1 and d.seq = $2
             on conflict (account_id, channel, endpoint, address) do update
               set unread = c.unread + 1, state = 'open', last_text = excluded.last_text,
                 last_at = excluded.last_at, last_id = new_id()
             returning c.id)
           insert into conversation_messages (conversation_id, kind, text, plugin_id, endpoint,
             fact_id, run_id, at)
             select id, 'received', $4, $6, $3, $7, $1, $5 from found`,
    values: [runId, seq, fact.endpoint ?? '', fact.text, fact.at, pluginId, fact.id],
  })
}
