import type pg from 'pg'
import type { NewEvent } from './insert_events.js'
import type { PlacedEvent } from '../tracking_event.js'
import type { CounterDeltas } from '#core/runs/counters/counter_deltas'

/** Beacons of one visit that are kept; a page sends one when it is hidden, so few visits have more than three */
const MOST_BEACONS = 20

type Visit = { ms: number; beacons: number }

/** What was known of the visits of some deliveries */
export type Visits = {
  readonly known: ReadonlyMap<string, Visit>
  /** Leaves out beacons past the last that is kept, and those that tell less time than was told before */
  capped(acts: readonly PlacedEvent[]): PlacedEvent[]
}

const idOf = (one: { runId: number; seq: number; since: number | null }) =>
  `${one.runId}.${one.seq}.${one.since}`

/** Reads the visits of locked deliveries */
export async function readVisits(
  client: pg.PoolClient,
  deliveries: readonly { readonly runId: number; readonly seq: number }[]
): Promise<Visits> {
  const known = new Map<string, Visit>()
  if (deliveries.length > 0) {
    const { rows } = await client.query<{ runId: number; seq: number; since: number } & Visit>({
      name: 'read_visits',
      text: `select t.run_id "runId", t.seq, t.since, t.ms, t.beacons from unnest($1::int[],
        $2::int[]) v(run_id, seq)
               join run_visits t on t.run_id = v.run_id and t.seq = v.seq`,
      values: [deliveries.map((d) => d.runId), deliveries.map((d) => d.seq)],
    })
    for (const row of rows) known.set(idOf(row), { ms: row.ms, beacons: row.beacons })
  }
  const seen = new Map<string, Visit>()
  return {
    known,
    capped: (acts) =>
      acts.filter((trackingEvent) => {
        if (trackingEvent.kind !== 'dwelled') return true
        const id = idOf(trackingEvent)
        const visit = seen.get(id) ?? { ...(known.get(id) ?? { ms: -1, beacons: 0 }) }
        if (visit.beacons >= MOST_BEACONS || (trackingEvent.dwellMs ?? 0) <= visit.ms) return false
        seen.set(id, { ms: trackingEvent.dwellMs ?? 0, beacons: visit.beacons + 1 })
        return true
      }),
  }
}

/** Keeps how long each visit has lasted so far, and the sums of the run */
export async function countVisits(
  client: pg.PoolClient,
  beacons: readonly NewEvent[],
  visits: Visits,
  deltas: CounterDeltas
): Promise<void> {
  if (beacons.length === 0) return
  const now = new Map<string, NewEvent & Visit>()
  for (const beacon of beacons) {
    const id = idOf(beacon)
    const before = now.get(id) ?? visits.known.get(id)
    if (!before) deltas.run(beacon.runId, 'visits', 1)
    const ms = Math.max(before?.ms ?? 0, beacon.dwellMs ?? 0)
    deltas.run(beacon.runId, 'dwell_ms', ms - (before?.ms ?? 0))
    now.set(id, { ...beacon, ms, beacons: (before?.beacons ?? 0) + 1 })
  }
  const rows = [...now.values()]
  await client.query({
    name: 'write_visits',
    text: `insert into run_visits (run_id, seq, since, ms, beacons) select * from unnest($1::int[],
      $2::int[], $3::int[], $4::int[], $5::smallint[])
           on conflict (run_id, seq, since) do update set ms = excluded.ms,
             beacons = excluded.beacons`,
    values: [
      rows.map((row) => row.runId),
      rows.map((row) => row.seq),
      rows.map((row) => row.since),
      rows.map((row) => row.ms),
      rows.map((row) => row.beacons),
    ],
  })
}
