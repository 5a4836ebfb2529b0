import type pg from 'pg'
import type { Device, Judgement, Reason, Signals, Verdict } from './classifier/signals.js'

/** An event that was judged before */
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

type Delivery = { readonly runId: number; readonly seq: number }

/**
 * The events of some deliveries that a classifier looks at, as they were heard.
 *
 * Rows in: the deliveries whose clicks came in this batch (some hundreds), with their few events. Index: events_delivery.
 *
 * @param o.kinds clicks and visits are judged together; openings are only needed when all is judged again
 */
export async function knownEvents(
  client: pg.PoolClient,
  o: { deliveries: readonly Delivery[]; kinds: readonly Signals['kind'][] }
): Promise<KnownEvent[]> {
  if (o.deliveries.length === 0) return []
  const { rows } = await client.query<KnownEvent>({
    name: 'known_events',
    text: `select e.run_id "runId", e.seq, e.id, e.dedup "key", e.kind, e.link, e.head, e.user_agent "userAgent", e.ip_prefix "ipPrefix",
                  e.since_accepted_ms "sinceAcceptedMs", e.dwell_ms "dwellMs", e.at, e.verdict, e.device, e.reasons, e.classifier_version "version"
             from unnest($1::int[], $2::int[]) v(run_id, seq) join events e on e.run_id = v.run_id and e.seq = v.seq
            where e.kind = any($3::text[]) order by e.run_id, e.seq, e.id`,
    values: [o.deliveries.map((d) => d.runId), o.deliveries.map((d) => d.seq), [...o.kinds]],
  })
  return rows
}

export type Rejudged = { readonly event: KnownEvent; readonly judgement: Judgement }

/** Writes new judgements over old ones. The signals are never touched */
export async function writeJudgements(
  client: pg.PoolClient,
  rejudged: readonly Rejudged[],
  version: number
): Promise<void> {
  if (rejudged.length === 0) return
  await client.query({
    name: 'write_judgements',
    text: `update events e set verdict = v.verdict, reasons = v.reasons::text[], device = v.device, classifier_version = $6
             from unnest($1::int[], $2::bigint[], $3::text[], $4::text[], $5::text[]) v(run_id, id, verdict, reasons, device)
            where e.run_id = v.run_id and e.id = v.id`,
    values: [
      rejudged.map((one) => one.event.runId),
      rejudged.map((one) => one.event.id.toString()),
      rejudged.map((one) => one.judgement.verdict),
      rejudged.map((one) => reasonsLiteral(one.judgement.reasons)),
      rejudged.map((one) => one.judgement.device),
      version,
    ],
  })
}

/** Reasons are our own words, so they need no quotes */
export const reasonsLiteral = (reasons: readonly Reason[]) => `{${reasons.join(',')}}`

/** Whether a judgement says something else than what is written */
export function differs(event: KnownEvent, judgement: Judgement): boolean {
  return (
    event.verdict !== judgement.verdict ||
    event.device !== judgement.device ||
    (event.reasons ?? []).join() !== judgement.reasons.join()
  )
}
