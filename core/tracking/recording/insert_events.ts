import type pg from 'pg'
import type { Classification } from '../classifier/signals.js'
import { reasonsLiteral } from './known_events.js'
import type { PlacedEvent } from '../tracking_event.js'

/** An event about to be written; receipts and refusals are not classified */
export type NewEvent = PlacedEvent & {
  readonly classification: Classification | null
  readonly version: number | null
  readonly sinceAcceptedMs: number | null
}

/**
 * Writes events, each key once.
 *
 * Rows in: a batch, up to 2,500. Indexes: primary key, events_dedup, events_delivery. `npm run bench -- intake` has the time.
 *
 * @returns those that were not known
 */
export async function insertEvents(
  client: pg.PoolClient,
  events: readonly NewEvent[]
): Promise<readonly NewEvent[]> {
  if (events.length === 0) return []
  const { rows } = await client.query<{ run_id: number; dedup: string }>({
    name: 'insert_events',
    text: `insert into events (run_id, seq, kind, link, dedup, user_agent, ip_prefix, at, head,
      dwell_ms, since_accepted_ms, verdict, reasons, device, classifier_version)
           select run_id, seq, kind, link, dedup, user_agent, ip_prefix, at, head, dwell_ms,
             since_accepted_ms, verdict, reasons::text[], device, version
             from unnest($1::int[], $2::int[], $3::text[], $4::int[], $5::text[], $6::text[],
               $7::text[], $8::timestamptz[], $9::bool[], $10::int[], $11::int[], $12::text[],
               $13::text[], $14::text[], $15::smallint[])
                  v(run_id, seq, kind, link, dedup, user_agent, ip_prefix, at, head, dwell_ms,
                    since_accepted_ms, verdict, reasons, device, version)
           on conflict (run_id, dedup) where dedup is not null do nothing
           returning run_id, dedup`,
    values: [
      events.map((e) => e.runId),
      events.map((e) => e.seq),
      events.map((e) => e.kind),
      events.map((e) => e.link),
      events.map((e) => e.key),
      events.map((e) => e.userAgent),
      events.map((e) => e.ipPrefix),
      events.map((e) => e.at),
      events.map((e) => e.head),
      events.map((e) => e.dwellMs),
      events.map((e) => e.sinceAcceptedMs),
      events.map((e) => e.classification?.verdict ?? null),
      events.map((e) => (e.classification ? reasonsLiteral(e.classification.reasons) : null)),
      events.map((e) => e.classification?.device ?? null),
      events.map((e) => e.version),
    ],
  })
  if (rows.length === events.length) return events
  const kept = new Set(rows.map((row) => `${row.run_id} ${row.dedup}`))
  return events.filter((event) => kept.has(`${event.runId} ${event.key}`))
}
