import { setTimeout as sleep } from 'node:timers/promises'
import PostalMime from 'postal-mime'
import { sql } from '#core/database/sql'

export type Sampled = { readonly asked: number; readonly opened: number; readonly clicked: number }

/** Telephones say who they are; a tracking event without a browser's name is a machine's, and counted apart */
const PERSON = {
  'user-agent':
    'Mozilla/5.0 (Linux; Android 13; TECNO BG6) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36',
}

/** Nobody reads a message sooner. A click in the first two seconds is counted as a bot's (core/tracking/classifier) */
const READING_MS = 3_000

/**
 * Does what people do: waits as long as reading takes, takes some received messages out of the Sandbox, loads the pixel of each and follows a link of
 * every second one, over HTTP.
 */
export async function openAndClick(o: { runId: number; sample: number }): Promise<Sampled> {
  const messages = await sql<{ raw: Buffer }>(
    'select raw from sandbox_messages where raw is not null order by id limit $1',
    [o.sample]
  )
  await sleep(READING_MS)
  let opened = 0
  let clicked = 0
  for (const [index, { raw }] of messages.entries()) {
    const html = (await PostalMime.parse(raw)).html ?? ''
    const pixel = /<img[^>]+src="([^"]+\/o\/[^"]+)"/.exec(html)?.[1]
    const link = /<a[^>]+href="([^"]+\/c\/[^"]+)"/.exec(html)?.[1]
    if (pixel && (await fetch(pixel, { headers: PERSON })).ok) opened += 1
    if (link && index % 2 === 0) {
      const reply = await fetch(link, { redirect: 'manual', headers: PERSON })
      if (reply.status === 302) clicked += 1
    }
  }
  await untilCounted(o.runId, opened, clicked)
  return { asked: messages.length, opened, clicked }
}

/** Hits are written in batches, a fifth of a second behind */
async function untilCounted(runId: number, opened: number, clicked: number): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    const [row] = await sql<{ opened: number; clicked: number }>(
      'select opened, clicked from campaign_runs where id = $1',
      [runId]
    )
    if (row && row.opened >= opened && row.clicked >= clicked) return
    await sleep(100)
  }
}
