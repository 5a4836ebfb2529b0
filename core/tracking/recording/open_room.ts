import type pg from 'pg'
import type { LockedDelivery } from '#core/runs/counters/lock_deliveries'
import type { PlacedEvent } from '../tracking_event.js'

/**
 * Openings and clicks of one delivery that are kept. A reader who opens a message every day for a year stays below it; somebody who
 * asks for its picture a million times does not fill a table.
 */
const MOST = 500

/**
 * Leaves out openings of deliveries that have had more than anybody reads, before they are classified.
 *
 * Rows in: deliveries of a batch that were opened before. Index: events_delivery.
 *
 * @param o.opened deliveries of the batch with new openings
 * @returns how many more openings of a delivery are kept, asked and taken one by one
 */
export async function openRoom(
  client: pg.PoolClient,
  opened: readonly LockedDelivery[]
): Promise<(trackingEvents: readonly PlacedEvent[]) => PlacedEvent[]> {
  const before = opened.filter((delivery) => delivery.firstOpenedAt !== null)
  const known = new Map<string, number>()
  if (before.length > 0) {
    const { rows } = await client.query<{ runId: number; seq: number; n: number }>({
      name: 'open_room',
      text: `select e.run_id "runId", e.seq, count(*)::int n
               from unnest($1::int[], $2::int[]) v(run_id, seq)
               join events e on e.run_id = v.run_id and e.seq = v.seq and e.kind = 'opened'
                 group by 1, 2`,
      values: [before.map((one) => one.runId), before.map((one) => one.seq)],
    })
    for (const row of rows) known.set(`${row.runId}.${row.seq}`, row.n)
  }
  return (trackingEvents) => {
    if (trackingEvents.length === 0) return []
    const [{ runId, seq }] = trackingEvents
    return trackingEvents.slice(0, Math.max(0, MOST - (known.get(`${runId}.${seq}`) ?? 0)))
  }
}
