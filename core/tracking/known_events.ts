import type pg from 'pg'
import { byRun } from './locked_deliveries.js'
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
  const known: KnownEvent[] = []
  for (const [runId, deliveries] of byRun(o.deliveries)) {
    const { rows } = await client.query<Omit<KnownEvent, 'runId'>>({
      name: 'known_events',
      text: `select seq, id, dedup "key", kind, link, head, user_agent "userAgent", ip_prefix "ipPrefix", since_accepted_ms "sinceAcceptedMs",
                    dwell_ms "dwellMs", at, verdict, device, reasons, classifier_version "version"
               from events where run_id = $1 and seq = any($2::int[]) and kind = any($3::text[]) order by seq, id`,
      values: [runId, deliveries.map((d) => d.seq), [...o.kinds]],
    })
    for (const row of rows) known.push({ runId, ...row })
  }
  return known
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
