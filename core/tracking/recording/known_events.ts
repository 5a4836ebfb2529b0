import type pg from 'pg'
import { byRun } from '#core/runs/counters/lock_deliveries'
import type { Classification, Reason, Signals } from '../classifier/signals.js'
import type { Device, Verdict } from '#core/runs/delivery_event'

/** An event that was classified before */
export type KnownEvent = Signals & {
  readonly runId: number
  readonly seq: number
  readonly id: bigint
  readonly key: string | null
  readonly verdict: Verdict | null
  readonly device: Device | null
  readonly reasons: readonly Reason[] | null
  readonly version: number | null
}

export type EventsWanted = {
  readonly runId: number
  readonly seq: number
  /** Events from this moment to that one */
  readonly from: Date
  readonly to: Date
}

/**
 * The events of some deliveries that a classifier looks at, as they were heard.
 *
 * Rows in: the deliveries whose clicks came in this batch (some hundreds), with their few events. Index: events_delivery.
 *
 * @param o.kinds clicks and visits are classified together; openings are only needed when all is classified again
 */
export async function knownEvents(
  client: pg.PoolClient,
  o: { deliveries: readonly EventsWanted[]; kinds: readonly Signals['kind'][] }
): Promise<KnownEvent[]> {
  const known: KnownEvent[] = []
  for (const [runId, deliveries] of byRun(o.deliveries)) {
    const { rows } = await client.query<Omit<KnownEvent, 'runId'>>({
      name: 'known_events',
      text: `select seq, id, dedup "key", kind, link, head, user_agent "userAgent",
        ip_prefix "ipPrefix", since_accepted_ms "sinceAcceptedMs",
                    dwell_ms "dwellMs", at, verdict, device, reasons, classifier_version "version"
               from unnest($2::int[], $3::timestamptz[], $4::timestamptz[]) v(seq, low, high)
                    join events e using (seq) where e.run_id = $1 and e.kind = any($5::text[])
                      and e.at between v.low and v.high order by seq, id`,
      values: [
        runId,
        deliveries.map((d) => d.seq),
        deliveries.map((d) => d.from),
        deliveries.map((d) => d.to),
        [...o.kinds],
      ],
    })
    for (const row of rows) known.push({ runId, ...row })
  }
  return known
}

/**
 * First click of a person for some deliveries, as it is written now: asked when what was the first turns out to be a machine's.
 */
export async function firstClicks(
  client: pg.PoolClient,
  deliveries: readonly { readonly runId: number; readonly seq: number }[]
): Promise<Map<string, Date>> {
  const found = new Map<string, Date>()
  for (const [runId, rows] of byRun(deliveries)) {
    const { rows: firsts } = await client.query<{ seq: number; at: Date }>({
      name: 'first_clicks',
      text: `select seq, min(at) at from events where run_id = $1 and seq = any($2::int[])
        and kind = 'clicked' and verdict = 'person' group by seq`,
      values: [runId, rows.map((row) => row.seq)],
    })
    for (const row of firsts) found.set(`${runId}.${row.seq}`, row.at)
  }
  return found
}

export type Reclassified = { readonly event: KnownEvent; readonly classification: Classification }

/** Writes new classifications over old ones. The signals are never touched */
export async function writeClassifications(
  client: pg.PoolClient,
  reclassified: readonly Reclassified[],
  version: number
): Promise<void> {
  if (reclassified.length === 0) return
  await client.query({
    name: 'write_classifications',
    text: `update events e set verdict = v.verdict, reasons = v.reasons::text[], device = v.device,
      classifier_version = $6
             from unnest($1::int[], $2::bigint[], $3::text[], $4::text[], $5::text[]) v(run_id, id,
               verdict, reasons, device)
            where e.run_id = v.run_id and e.id = v.id`,
    values: [
      reclassified.map((one) => one.event.runId),
      reclassified.map((one) => one.event.id.toString()),
      reclassified.map((one) => one.classification.verdict),
      reclassified.map((one) => reasonsLiteral(one.classification.reasons)),
      reclassified.map((one) => one.classification.device),
      version,
    ],
  })
}

/** Reasons are our own words, so they need no quotes */
export const reasonsLiteral = (reasons: readonly Reason[]) => `{${reasons.join(',')}}`

/** Whether a classification says something else than what is written */
export function differs(event: KnownEvent, classification: Classification): boolean {
  return (
    event.verdict !== classification.verdict ||
    event.device !== classification.device ||
    (event.reasons ?? []).join() !== classification.reasons.join()
  )
}
