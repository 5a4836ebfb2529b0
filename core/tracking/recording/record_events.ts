import type pg from 'pg'
import { inTransaction } from '#core/database/in_transaction'
import { applyCounters } from '#core/runs/counters/apply_counters'
import { currentClassifier } from '../classifier/main.js'
import type { Classifier, Classification, Signals } from '../classifier/signals.js'
import { countDelivery, earlier, type DeliveryFacts } from '#core/runs/counters/count_delivery'
import type { PlacedEvent, TrackingEvent } from '../tracking_event.js'
import type { EventKind } from '#core/runs/delivery_event'
import { insertEvents, type NewEvent } from './insert_events.js'
import {
  differs,
  firstClicks,
  knownEvents,
  writeClassifications,
  type KnownEvent,
  type Reclassified,
} from './known_events.js'
import {
  lockDeliveries,
  sinceAccepted,
  writeDeliveries,
  type DeliveryChange,
  type LockedDelivery,
} from '#core/runs/counters/lock_deliveries'
import { CounterDeltas } from '#core/runs/counters/counter_deltas'
import { openRoom } from './open_room.js'
import { suppressByEvents } from './suppress_by_events.js'
import { countVisits, readVisits } from './run_visits.js'
import debug from '../debug.js'

/** All that a batch says of one delivery */
type Group = {
  readonly runId: number
  readonly seq: number
  readonly opens: PlacedEvent[]
  /** Clicks and visits: classified with those that are known */
  readonly acts: PlacedEvent[]
  readonly others: PlacedEvent[]
}

/**
 * Writes tracking events in a transaction of their own.
 *
 * Rows in: a batch, up to 2,500. Two cores: `npm run bench -- intake`, docs/benchmarks.md.
 */
export async function recordEvents(
  pool: pg.Pool,
  trackingEvents: readonly TrackingEvent[],
  classifier: Classifier = currentClassifier
): Promise<void> {
  await inTransaction(pool, (client) => recordEventsIn(client, trackingEvents, classifier))
}

/**
 * Writes events and keeps every counter and rollup that reports read, in the caller's transaction. Events of deliveries that do not
 * exist are dropped; one whose key is known changes nothing, so a batch may be written twice.
 *
 * Clicks are classified here, together with those of the same delivery that came before: the third link of a burst corrects what the
 * first two were counted as. Locks are taken in one order: deliveries by (run, seq), then runs by id (see `applyCounters`).
 *
 * @returns those that were new
 */
export async function recordEventsIn(
  client: pg.PoolClient,
  trackingEvents: readonly TrackingEvent[],
  classifier: Classifier = currentClassifier
): Promise<readonly NewEvent[]> {
  const groups = groupByDelivery(onceEach(trackingEvents))
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
  const keptOpens = await openRoom(
    client,
    locked.filter((delivery) => groups.get(idOf(delivery))?.opens.length)
  )

  const fresh: NewEvent[] = []
  const reclassified: Reclassified[] = []
  const deltas = new CounterDeltas()
  const changes: (DeliveryChange | null)[] = []
  const asked: { delivery: LockedDelivery; facts: DeliveryFacts }[] = []

  for (const delivery of locked) {
    const group = groups.get(idOf(delivery))
    if (!group) continue
    const opens = classifyOpens(delivery, keptOpens(group.opens), classifier)
    fresh.push(...opens)
    for (const trackingEvent of group.others)
      fresh.push({ ...trackingEvent, classification: null, version: null, sinceAcceptedMs: null })
    const before = known.get(idOf(delivery)) ?? []
    const acts = classifyActs({
      delivery,
      acts: visits.capped(newOnly(group.acts, before)),
      before,
      classifier,
    })
    fresh.push(...acts.fresh)
    reclassified.push(...acts.reclassified)
    const facts = factsOf(delivery, opens, group.others, acts.firstClickedAt)
    if (acts.tookBack) asked.push({ delivery, facts })
    else changes.push(countDelivery(delivery, facts, deltas))
  }

  const kept = await insertEvents(client, fresh)
  await writeClassifications(client, reclassified, classifier.version)
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
  for (const { event, classification } of reclassified) recount(deltas, event, classification)
  const destinations = new Map(locked.map((delivery) => [idOf(delivery), delivery.destination]))
  for (const event of kept) count(deltas, event, destinations.get(idOf(event)) ?? '')
  await countVisits(
    client,
    kept.filter((event) => event.kind === 'dwelled'),
    visits,
    deltas
  )
  await applyCounters(client, deltas)
  await suppressByEvents(client, kept)
  debug('%d of %d events recorded', kept.length, trackingEvents.length)
  return kept
}

/** Leaves out what a batch says twice */
function onceEach(trackingEvents: readonly TrackingEvent[]): PlacedEvent[] {
  const seen = new Set<string>()
  const placed: PlacedEvent[] = []
  for (const trackingEvent of trackingEvents) {
    const { runId, seq } = trackingEvent.of
    const id = `${runId} ${trackingEvent.key}`
    if (seen.has(id)) continue
    seen.add(id)
    placed.push({ ...trackingEvent, runId, seq })
  }
  return placed
}

function groupByDelivery(trackingEvents: readonly PlacedEvent[]): Map<string, Group> {
  const groups = new Map<string, Group>()
  for (const trackingEvent of trackingEvents) {
    const id = idOf(trackingEvent)
    let group = groups.get(id)
    if (!group) {
      group = {
        runId: trackingEvent.runId,
        seq: trackingEvent.seq,
        opens: [],
        acts: [],
        others: [],
      }
      groups.set(id, group)
    }
    if (trackingEvent.kind === 'opened') group.opens.push(trackingEvent)
    else if (trackingEvent.kind === 'clicked' || trackingEvent.kind === 'dwelled')
      group.acts.push(trackingEvent)
    else group.others.push(trackingEvent)
  }
  return groups
}

/** Each opening by itself: the rest of what a person did says nothing about it */
function classifyOpens(
  delivery: LockedDelivery,
  opens: readonly PlacedEvent[],
  classifier: Classifier
): NewEvent[] {
  return opens.map((trackingEvent) => {
    const sinceAcceptedMs = sinceAccepted(delivery, trackingEvent.at)
    const [classification] = classifier.classify([
      signalsOf(trackingEvent, 'opened', sinceAcceptedMs),
    ])
    return { ...trackingEvent, classification, version: classifier.version, sinceAcceptedMs }
  })
}

/**
 * How far new clicks and visits reach: what must be read to classify, and of that, what may be classified otherwise now. Twice as far is
 * read, since those that are classified have their own neighbours.
 */
function reach(acts: readonly PlacedEvent[], classifier: Classifier) {
  const times = acts.map((trackingEvent) => trackingEvent.at.getTime())
  const back = acts.some((trackingEvent) => trackingEvent.kind === 'dwelled')
    ? classifier.visitMs
    : classifier.aroundMs
  const [from, to] = [Math.min(...times), Math.max(...times)]
  return {
    classified: { from: from - back, to: to + classifier.aroundMs },
    read: {
      from: new Date(from - back - classifier.aroundMs),
      to: new Date(to + classifier.visitMs + classifier.aroundMs),
    },
  }
}

/**
 * New clicks and visits of a delivery, classified with the known ones; the known ones that are something else now, and whether a
 * person's click was taken back, so that the first of them must be asked for.
 */
function classifyActs(o: {
  delivery: LockedDelivery
  acts: readonly PlacedEvent[]
  before: readonly KnownEvent[]
  classifier: Classifier
}): {
  fresh: NewEvent[]
  reclassified: Reclassified[]
  firstClickedAt: Date | null
  tookBack: boolean
} {
  const { firstClickedAt } = o.delivery
  if (o.acts.length === 0) return { fresh: [], reclassified: [], firstClickedAt, tookBack: false }
  const now = o.acts.map((trackingEvent) =>
    signalsOf(
      trackingEvent,
      trackingEvent.kind === 'dwelled' ? 'dwelled' : 'clicked',
      sinceAccepted(o.delivery, trackingEvent.at)
    )
  )
  const classifications = o.classifier.classify([...o.before, ...now])
  const fresh = o.acts.map((trackingEvent, index) => ({
    ...trackingEvent,
    classification: classifications[o.before.length + index],
    version: o.classifier.version,
    sinceAcceptedMs: now[index].sinceAcceptedMs,
  }))
  const { classified } = reach(o.acts, o.classifier)
  const reclassified = o.before
    .map((event, index) => ({ event, classification: classifications[index] }))
    .filter(
      ({ event, classification }) =>
        event.at.getTime() >= classified.from &&
        event.at.getTime() <= classified.to &&
        differs(event, classification)
    )
  const people = [
    ...fresh.filter(
      (trackingEvent) =>
        trackingEvent.kind === 'clicked' && trackingEvent.classification.verdict === 'person'
    ),
    ...reclassified
      .filter(
        ({ event, classification }) =>
          event.kind === 'clicked' && classification.verdict === 'person'
      )
      .map(({ event }) => event),
  ]
  return {
    fresh,
    reclassified,
    firstClickedAt: earlier(firstClickedAt, firstOf(people)),
    tookBack: reclassified.some(
      ({ event, classification }) => event.verdict === 'person' && classification.verdict === 'bot'
    ),
  }
}

function factsOf(
  delivery: LockedDelivery,
  opens: readonly NewEvent[],
  others: readonly PlacedEvent[],
  firstClickedAt: Date | null
) {
  const people = opens.filter((open) => open.classification?.verdict !== 'bot')
  return {
    firstOpenedAt: earlier(delivery.firstOpenedAt, firstOf(people)),
    openedVerified:
      delivery.openedVerified || people.some((open) => open.classification?.verdict === 'person'),
    firstClickedAt,
    delivered: others.some((trackingEvent) => trackingEvent.kind === 'delivered'),
    bounced: others.some((trackingEvent) => trackingEvent.kind === 'bounced'),
  }
}

function count(deltas: CounterDeltas, event: NewEvent, destination: string) {
  if (event.classification) return deltas.trackingEvent(event, event.classification, 1)
  if (event.kind === 'unsubscribed') {
    deltas.contact(event.runId, destination, 'unsubscribed', 1)
    deltas.unsubscribed(event.runId, event.at)
  }
  if (event.kind === 'complained') deltas.contact(event.runId, destination, 'complained', 1)
  if (event.kind === 'replied') deltas.run(event.runId, 'replied', 1)
}

/** Takes a known event out of what it was counted as and puts it into what it is */
export function recount(
  deltas: CounterDeltas,
  event: KnownEvent,
  classification: Classification
): void {
  if (event.verdict && event.device)
    deltas.trackingEvent(event, { verdict: event.verdict, device: event.device }, -1)
  deltas.trackingEvent(event, classification, 1)
}

export function signalsOf(
  trackingEvent: Pick<TrackingEvent, 'link' | 'head' | 'userAgent' | 'ipPrefix' | 'dwellMs' | 'at'>,
  kind: Signals['kind'],
  sinceAcceptedMs: number | null
): Signals {
  return {
    kind,
    link: trackingEvent.link,
    head: trackingEvent.head,
    userAgent: trackingEvent.userAgent,
    ipPrefix: trackingEvent.ipPrefix,
    dwellMs: trackingEvent.dwellMs,
    sinceAcceptedMs,
    at: trackingEvent.at,
  }
}

function newOnly(acts: readonly PlacedEvent[], before: readonly KnownEvent[]): PlacedEvent[] {
  const keys = new Set(before.map((event) => event.key))
  return acts.filter((trackingEvent) => !keys.has(trackingEvent.key))
}

const idOf = (one: { readonly runId: number; readonly seq: number }) => `${one.runId}.${one.seq}`

export function firstOf(
  trackingEvents: readonly { readonly at: Date; readonly kind?: EventKind }[]
): Date | null {
  return trackingEvents.reduce<Date | null>(
    (first, trackingEvent) => earlier(first, trackingEvent.at),
    null
  )
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
