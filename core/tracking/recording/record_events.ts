import type pg from 'pg'
import { inTransaction } from '#core/database/in_transaction'
import { applyDeltas } from '#core/runs/counters/apply_counters'
import { currentClassifier } from '../classifier/main.js'
import type { Classifier, Judgement, Signals } from '../classifier/signals.js'
import { countDelivery, earlier, type DeliveryFacts } from '#core/runs/counters/count_delivery'
import type { Hit, HitKind } from '../tracking_event.js'
import { insertEvents, type NewEvent } from './insert_events.js'
import {
  differs,
  firstClicks,
  knownEvents,
  writeJudgements,
  type KnownEvent,
  type Rejudged,
} from './known_events.js'
import {
  lockDeliveries,
  sinceAccepted,
  writeDeliveries,
  type DeliveryChange,
  type LockedDelivery,
} from '#core/runs/counters/lock_deliveries'
import { resolveReceipts, type PlacedHit } from './resolve_receipts.js'
import { RollupDeltas } from '#core/runs/counters/counter_deltas'
import { countVisits, readVisits } from './run_visits.js'

/** All that a batch says of one delivery */
type Group = {
  readonly runId: number
  readonly seq: number
  readonly opens: PlacedHit[]
  /** Clicks and visits: judged with those that are known */
  readonly acts: PlacedHit[]
  readonly others: PlacedHit[]
}

/**
 * Writes facts and keeps every counter and rollup that reports read, in one transaction. Facts of deliveries that do not exist
 * are dropped; a fact whose key is known changes nothing, so a batch may be written twice.
 *
 * Clicks are judged here, together with those of the same delivery that came before: the third link of a burst corrects what the
 * first two were counted as. Locks are taken in one order: deliveries by (run, seq), then runs by id (see `applyDeltas`).
 *
 * Rows in: a batch, up to 2,500. Two cores: `npm run bench -- intake`, docs/benchmarks.md.
 *
 * @returns receipts whose delivery nobody knows yet: the far side may be faster than we write down what it told us
 */
export async function recordEvents(
  pool: pg.Pool,
  hits: readonly Hit[],
  classifier: Classifier = currentClassifier
): Promise<Hit[]> {
  return inTransaction(pool, async (client) => {
    const { placed, unknown } = await resolveReceipts(client, hits)
    await record(client, placed, classifier)
    return unknown
  })
}

async function record(client: pg.PoolClient, hits: readonly PlacedHit[], classifier: Classifier) {
  const groups = groupByDelivery(hits)
  const locked = await lockDeliveries(client, [...groups.values()])
  const acting = locked.filter((delivery) => groups.get(idOf(delivery))?.acts.length)
  const known = byDelivery(
    await knownEvents(client, {
      deliveries: acting.map((delivery) => ({
        ...delivery,
        ...reach(groups.get(idOf(delivery))?.acts ?? [], classifier).read,
      })),
      kinds: ['clicked', 'dwelled'],
    })
  )
  const visits = await readVisits(client, acting)

  const fresh: NewEvent[] = []
  const rejudged: Rejudged[] = []
  const deltas = new RollupDeltas()
  const changes: (DeliveryChange | null)[] = []
  const asked: { delivery: LockedDelivery; facts: DeliveryFacts }[] = []

  for (const delivery of locked) {
    const group = groups.get(idOf(delivery))
    if (!group) continue
    const opens = judgeOpens(delivery, group.opens, classifier)
    fresh.push(...opens)
    for (const hit of group.others)
      fresh.push({ ...hit, judgement: null, version: null, sinceAcceptedMs: null })
    const before = known.get(idOf(delivery)) ?? []
    const acts = judgeActs({
      delivery,
      acts: visits.capped(newOnly(group.acts, before)),
      before,
      classifier,
    })
    fresh.push(...acts.fresh)
    rejudged.push(...acts.rejudged)
    const facts = factsOf(delivery, opens, group.others, acts.firstClickedAt)
    if (acts.tookBack) asked.push({ delivery, facts })
    else changes.push(countDelivery(delivery, facts, deltas))
  }

  const kept = await insertEvents(client, fresh)
  await writeJudgements(client, rejudged, classifier.version)
  const firsts = await firstClicks(
    client,
    asked.map(({ delivery }) => delivery)
  )
  for (const { delivery, facts } of asked)
    changes.push(
      countDelivery(
        delivery,
        { ...facts, firstClickedAt: firsts.get(idOf(delivery)) ?? null },
        deltas
      )
    )
  await writeDeliveries(
    client,
    changes.filter((change) => change !== null)
  )
  for (const { event, judgement } of rejudged) recount(deltas, event, judgement)
  const destinations = new Map(locked.map((delivery) => [idOf(delivery), delivery.destination]))
  for (const event of kept) count(deltas, event, destinations.get(idOf(event)) ?? '')
  await countVisits(
    client,
    kept.filter((event) => event.kind === 'dwelled'),
    visits,
    deltas
  )
  await applyDeltas(client, deltas)
}

function groupByDelivery(hits: readonly PlacedHit[]): Map<string, Group> {
  const groups = new Map<string, Group>()
  for (const hit of hits) {
    const id = idOf(hit)
    let group = groups.get(id)
    if (!group) {
      group = { runId: hit.runId, seq: hit.seq, opens: [], acts: [], others: [] }
      groups.set(id, group)
    }
    if (hit.kind === 'opened') group.opens.push(hit)
    else if (hit.kind === 'clicked' || hit.kind === 'dwelled') group.acts.push(hit)
    else group.others.push(hit)
  }
  return groups
}

/** Each opening by itself: the rest of what a person did says nothing about it */
function judgeOpens(
  delivery: LockedDelivery,
  opens: readonly PlacedHit[],
  classifier: Classifier
): NewEvent[] {
  return opens.map((hit) => {
    const sinceAcceptedMs = sinceAccepted(delivery, hit.at)
    const [judgement] = classifier.judge([signalsOf(hit, 'opened', sinceAcceptedMs)])
    return { ...hit, judgement, version: classifier.version, sinceAcceptedMs }
  })
}

/**
 * How far new clicks and visits reach: what must be read to judge, and of that, what may be judged otherwise now. Twice as far is
 * read, since those that are judged have their own neighbours.
 */
function reach(acts: readonly PlacedHit[], classifier: Classifier) {
  const times = acts.map((hit) => hit.at.getTime())
  const back = acts.some((hit) => hit.kind === 'dwelled') ? classifier.visitMs : classifier.aroundMs
  const [from, to] = [Math.min(...times), Math.max(...times)]
  return {
    judged: { from: from - back, to: to + classifier.aroundMs },
    read: {
      from: new Date(from - back - classifier.aroundMs),
      to: new Date(to + classifier.visitMs + classifier.aroundMs),
    },
  }
}

/**
 * New clicks and visits of a delivery, judged with the known ones; the known ones that are something else now, and whether a
 * person's click was taken back, so that the first of them must be asked for.
 */
function judgeActs(o: {
  delivery: LockedDelivery
  acts: readonly PlacedHit[]
  before: readonly KnownEvent[]
  classifier: Classifier
}): {
  fresh: NewEvent[]
  rejudged: Rejudged[]
  firstClickedAt: Date | null
  tookBack: boolean
} {
  const { firstClickedAt } = o.delivery
  if (o.acts.length === 0) return { fresh: [], rejudged: [], firstClickedAt, tookBack: false }
  const now = o.acts.map((hit) =>
    signalsOf(
      hit,
      hit.kind === 'dwelled' ? 'dwelled' : 'clicked',
      sinceAccepted(o.delivery, hit.at)
    )
  )
  const judgements = o.classifier.judge([...o.before, ...now])
  const fresh = o.acts.map((hit, index) => ({
    ...hit,
    judgement: judgements[o.before.length + index],
    version: o.classifier.version,
    sinceAcceptedMs: now[index].sinceAcceptedMs,
  }))
  const { judged } = reach(o.acts, o.classifier)
  const rejudged = o.before
    .map((event, index) => ({ event, judgement: judgements[index] }))
    .filter(
      ({ event, judgement }) =>
        event.at.getTime() >= judged.from &&
        event.at.getTime() <= judged.to &&
        differs(event, judgement)
    )
  const people = [
    ...fresh.filter((hit) => hit.kind === 'clicked' && hit.judgement.verdict === 'person'),
    ...rejudged
      .filter(({ event, judgement }) => event.kind === 'clicked' && judgement.verdict === 'person')
      .map(({ event }) => event),
  ]
  return {
    fresh,
    rejudged,
    firstClickedAt: earlier(firstClickedAt, firstOf(people)),
    tookBack: rejudged.some(
      ({ event, judgement }) => event.verdict === 'person' && judgement.verdict === 'machine'
    ),
  }
}

function factsOf(
  delivery: LockedDelivery,
  opens: readonly NewEvent[],
  others: readonly PlacedHit[],
  firstClickedAt: Date | null
) {
  const people = opens.filter((open) => open.judgement?.verdict !== 'machine')
  return {
    firstOpenedAt: earlier(delivery.firstOpenedAt, firstOf(people)),
    openedVerified:
      delivery.openedVerified || people.some((open) => open.judgement?.verdict === 'person'),
    firstClickedAt,
    delivered: others.some((hit) => hit.kind === 'delivered'),
    bounced: others.some((hit) => hit.kind === 'bounced'),
  }
}

function count(deltas: RollupDeltas, event: NewEvent, destination: string) {
  if (event.judgement) return deltas.hit(event, event.judgement, 1)
  if (event.kind === 'unsubscribed') {
    deltas.contact(event.runId, destination, 'unsubscribed', 1)
    deltas.unsubscribed(event.runId, event.at)
  }
  if (event.kind === 'complained') deltas.contact(event.runId, destination, 'complained', 1)
}

/** Takes a known event out of what it was counted as and puts it into what it is */
export function recount(deltas: RollupDeltas, event: KnownEvent, judgement: Judgement): void {
  if (event.verdict && event.device)
    deltas.hit(event, { verdict: event.verdict, device: event.device }, -1)
  deltas.hit(event, judgement, 1)
}

export function signalsOf(
  hit: Pick<Hit, 'link' | 'head' | 'userAgent' | 'ipPrefix' | 'dwellMs' | 'at'>,
  kind: Signals['kind'],
  sinceAcceptedMs: number | null
): Signals {
  return {
    kind,
    link: hit.link,
    head: hit.head,
    userAgent: hit.userAgent,
    ipPrefix: hit.ipPrefix,
    dwellMs: hit.dwellMs,
    sinceAcceptedMs,
    at: hit.at,
  }
}

function newOnly(acts: readonly PlacedHit[], before: readonly KnownEvent[]): PlacedHit[] {
  const keys = new Set(before.map((event) => event.key))
  return acts.filter((hit) => !keys.has(hit.key))
}

const idOf = (one: { readonly runId: number; readonly seq: number }) => `${one.runId}.${one.seq}`

export function firstOf(
  hits: readonly { readonly at: Date; readonly kind?: HitKind }[]
): Date | null {
  return hits.reduce<Date | null>((first, hit) => earlier(first, hit.at), null)
}

function byDelivery(events: readonly KnownEvent[]): Map<string, KnownEvent[]> {
  const map = new Map<string, KnownEvent[]>()
  for (const event of events) {
    const list = map.get(idOf(event))
    if (list) list.push(event)
    else map.set(idOf(event), [event])
  }
  return map
}
