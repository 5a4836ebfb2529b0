import { systemClock, type Clock } from '#core/database/clock'
import { randomUUID } from 'node:crypto'
import type { TrackingEvent } from '../tracking_event.js'
import type { SpoolFile } from './spool_file.js'
import debug from '../debug.js'

/** Facts read at a time when they go to Postgres */
const BATCH = 2_000
/** Milliseconds for which a process that replays keeps others from it, renewed at each batch */
const LEASE_MS = 30_000
/** A receipt whose delivery is still unknown after so long is about nothing that we sent */
const RECEIPT_MS = 10 * 60_000

export type SpoolWriter = (
  trackingEvents: readonly TrackingEvent[]
) => Promise<readonly TrackingEvent[]>

/**
 * The local queue of facts that could not go to Postgres. A row leaves it after the commit that holds it, so a process that
 * dies between the two writes the same facts again: their keys make that nothing.
 */
export class Spool {
  /** Who holds the lease */
  #me = randomUUID()

  constructor(
    private readonly file: SpoolFile,
    private readonly clock: Clock = systemClock
  ) {}

  /** Keeps facts, on disk when this resolves */
  async append(trackingEvents: readonly TrackingEvent[]): Promise<void> {
    if (trackingEvents.length === 0) return
    await this.file.query('insert into tracking_events (body) select value from json_each(?)', [
      JSON.stringify(trackingEvents),
    ])
    debug('%d events put aside', trackingEvents.length)
  }

  /** How many facts wait here */
  async size(): Promise<number> {
    const [row] = await this.file.query<{ n: number }>('select count(*) n from tracking_events')
    return Number(row.n)
  }

  /** How many facts Postgres would not take, kept for a person to look at */
  async refusedCount(): Promise<number> {
    const [row] = await this.file.query<{ n: number }>('select count(*) n from refused_events')
    return Number(row.n)
  }

  /** Sets a fact aside that Postgres will never take, with what it said */
  async refuse(trackingEvent: TrackingEvent, error: Error): Promise<void> {
    await this.file.query('insert into refused_events (body, error, at) values (?, ?, ?)', [
      JSON.stringify(trackingEvent),
      error.message,
      this.clock.now().toISOString(),
    ])
  }

  /**
   * Writes what waits, in the order in which it was heard. One process of this machine does so at a time.
   *
   * @param write commits a batch; gives back receipts whose delivery is not known yet, which stay
   * @returns facts written; null when another process is at it
   * @throws what `write` throws; what was not committed stays
   */
  async replay(write: SpoolWriter, now: () => number = Date.now): Promise<number | null> {
    if (!(await this.#lease(now()))) return null
    try {
      let written = 0
      for (let after = 0; ;) {
        const rows = await this.file.query<{ id: number; body: string }>(
          'select id, body from tracking_events where id > ? order by id limit ?',
          [after, BATCH]
        )
        if (rows.length === 0) return written
        const trackingEvents = rows.map((row) => readTrackingEvent(row.body))
        const unknown = new Set(
          (await write(trackingEvents)).map((trackingEvent) => trackingEvent.key)
        )
        const stay = rows.filter(
          (_, index) =>
            unknown.has(trackingEvents[index].key) &&
            trackingEvents[index].at.getTime() > now() - RECEIPT_MS
        )
        after = rows[rows.length - 1].id
        await this.file.query(
          `delete from tracking_events where id between ? and ? and id not in (select value
            from json_each(?))`,
          [rows[0].id, after, JSON.stringify(stay.map((row) => row.id))]
        )
        written += rows.length - stay.length
        debug('%d events brought from aside, %d stay', rows.length - stay.length, stay.length)
        await this.#lease(now())
      }
    } finally {
      await this.file.query('update lease set until = 0 where holder = ?', [this.#me])
    }
  }

  async #lease(now: number): Promise<boolean> {
    const rows = await this.file.query(
      'update lease set holder = ?, until = ? where holder = ? or until < ? returning holder',
      [this.#me, now + LEASE_MS, this.#me, now]
    )
    return rows.length > 0
  }
}

function readTrackingEvent(body: string): TrackingEvent {
  const trackingEvent = JSON.parse(body) as Omit<TrackingEvent, 'at'> & { at: string }
  return { ...trackingEvent, at: new Date(trackingEvent.at) }
}
