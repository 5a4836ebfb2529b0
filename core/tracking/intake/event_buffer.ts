import logger from '@adonisjs/core/services/logger'
import type pg from 'pg'
import { createPool } from '#core/database/pool'
import { isRefusal } from '#core/database/retry_when_away'
import type { Spool } from '#core/database/spool/spool'
import type { TrackingEvent } from '../tracking_event.js'
import { recordEvents } from '../recording/record_events.js'
import { trackingSpool } from './tracking_spool.js'

/** Milliseconds that a tracking event waits at most before it is written */
const FLUSH_MS = 200
/** tracking events in one transaction: making it ready keeps the process busy for some 20 ms, in which nobody is answered */
const BATCH = 2_500
/** tracking events that wait in memory before they go to the spool: Postgres is slower than they come */
const MOST_WAITING = 10_000
/**
 * tracking events a second from which on all go to the spool: a tracking event costs Postgres and us five times what its answer does, and answering comes
 * first. They are written when it is calm again.
 */
const STORM_RATE = 5_000
/** tracking events over which the rate is taken */
const RATE_OVER = 500
/** Milliseconds that must be calm before Postgres is written to again */
const STORM_MS = 1_000
/** tracking events that are kept in memory when the disk fails too, about 100 MB; past it the oldest are lost, and counted */
const MOST_KEPT = 200_000
/** Milliseconds for which nobody knocks at a Postgres that did not answer */
const AWAY_MS = 1_000
/** How often the spool is looked at */
const REPLAY_MS = 1_000
/** Milliseconds that a statement may take */
const TIMEOUT_MS = 10_000

type Options = {
  readonly write: (trackingEvents: readonly TrackingEvent[]) => Promise<void>
  readonly spool: Spool<TrackingEvent>
  readonly mostWaiting?: number
  readonly stormRate?: number
}

/** Ends a replay that a storm came over; what was not written stays */
class StormError extends Error {}

/**
 * Takes tracking events without waiting for anything, and writes them in batches: to Postgres, or to the spool while Postgres is away. What
 * was heard is lost only when the process is killed within 200 ms of it, or when neither Postgres nor the disk takes it.
 */
export class EventBuffer {
  #waiting: TrackingEvent[] = []
  #timer: NodeJS.Timeout | null = null
  #replaying: NodeJS.Timeout | null = null
  #work: Promise<void> = Promise.resolve()
  #spilling: Promise<void> | null = null
  #awayUntil = 0
  #stormUntil = 0
  #counted = 0
  #countedSince = 0
  #lost = 0

  constructor(private readonly o: Options) {}

  add(trackingEvent: TrackingEvent): void {
    this.#waiting.push(trackingEvent)
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS)
    this.#counted += 1
    if (this.#counted >= RATE_OVER) this.#measureRate()
    if (this.#waiting.length >= (this.o.mostWaiting ?? MOST_WAITING)) this.#spill()
  }

  #measureRate(): void {
    const now = Date.now()
    const rate = (this.#counted * 1_000) / Math.max(1, now - this.#countedSince)
    if (rate > (this.o.stormRate ?? STORM_RATE)) this.#stormUntil = now + STORM_MS
    this.#counted = 0
    this.#countedSince = now
  }

  #spooling(): boolean {
    return Date.now() < Math.max(this.#awayUntil, this.#stormUntil)
  }

  /** Resolves when everything that was heard before is in Postgres or in the spool */
  async flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    this.#work = this.#work.then(() => this.#writeAll())
    await this.#work
    await this.#spilling
  }

  /** Looks at the spool from now on, until `stopReplaying` */
  startReplaying(): void {
    this.#replaying ??= setInterval(() => void this.replay(), REPLAY_MS)
    this.#replaying.unref()
  }

  /** Writes what the spool holds, when Postgres is there; in turn with other batches */
  async replay(): Promise<void> {
    if (this.#spooling()) return
    this.#work = this.#work.then(async () => {
      try {
        if ((await this.o.spool.size()) === 0) return
        await this.o.spool.replay((trackingEvents) => {
          if (this.#spooling()) throw new StormError()
          return this.#writeOrRefuse(trackingEvents)
        })
      } catch (error) {
        if (!(error instanceof StormError)) this.#failed(error as Error)
      }
    })
    await this.#work
  }

  stopReplaying(): void {
    if (this.#replaying) clearInterval(this.#replaying)
    this.#replaying = null
  }

  /**
   * What the health of intake looks like: tracking events in memory, whether they go to the spool now, whether the memory is full because
   * neither Postgres nor the disk takes them, tracking events lost since the start
   */
  state(): { waiting: number; spooling: boolean; full: boolean; lost: number } {
    return {
      waiting: this.#waiting.length,
      spooling: this.#spooling(),
      full: this.#waiting.length >= MOST_KEPT,
      lost: this.#lost,
    }
  }

  /** Two batches at once when there are as many: one is made ready while Postgres writes the other */
  async #writeAll(): Promise<void> {
    const writers = this.#waiting.length > BATCH ? 2 : 1
    await Promise.all(Array.from({ length: writers }, () => this.#writeWaiting()))
  }

  async #writeWaiting(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, BATCH)
      this.#waiting = this.#waiting.slice(BATCH)
      if (this.#spooling()) {
        if (!(await this.#toSpool(batch))) return
        continue
      }
      try {
        await this.#writeOrRefuse(batch)
      } catch (error) {
        this.#failed(error as Error)
        if (!(await this.#toSpool(batch))) return
      }
    }
  }

  /** Halves a batch that Postgres refuses until the one tracking event is found that it will not take, and sets that aside */
  async #writeOrRefuse(trackingEvents: readonly TrackingEvent[]): Promise<void> {
    try {
      await this.o.write(trackingEvents)
    } catch (error) {
      if (!isRefusal(error)) throw error
      if (trackingEvents.length === 1) {
        logger.error(
          { err: error, trackingEvent: trackingEvents[0] },
          'Postgres refuses a tracking event; it is set aside'
        )
        await this.o.spool.refuse(trackingEvents[0], error)
        return
      }
      const half = Math.ceil(trackingEvents.length / 2)
      await this.#writeOrRefuse(trackingEvents.slice(0, half))
      await this.#writeOrRefuse(trackingEvents.slice(half))
    }
  }

  #failed(error: Error): void {
    this.#awayUntil = Date.now() + AWAY_MS
    logger.warn(
      { err: error.message },
      'Postgres does not take tracking events; they go to the spool'
    )
  }

  /** More is heard than written: what waits goes to the spool, and what comes until the storm is over */
  #spill(): void {
    if (this.#spilling) return
    this.#stormUntil = Date.now() + STORM_MS
    const batch = this.#waiting
    this.#waiting = []
    this.#spilling = this.#toSpool(batch)
      .then(() => undefined)
      .finally(() => (this.#spilling = null))
  }

  /** @returns false when the disk fails as well: the tracking events are back in memory */
  async #toSpool(trackingEvents: readonly TrackingEvent[]): Promise<boolean> {
    try {
      await this.o.spool.append(trackingEvents)
      return true
    } catch (error) {
      const all = [...trackingEvents, ...this.#waiting]
      const over = Math.max(0, all.length - MOST_KEPT)
      this.#lost += over
      this.#waiting = all.slice(over)
      this.#timer ??= setTimeout(() => void this.flush(), AWAY_MS)
      logger.error(
        { err: error, waiting: this.#waiting.length, lost: this.#lost },
        'neither Postgres nor the spool takes tracking events; they wait in memory'
      )
      return false
    }
  }
}

let pool: pg.Pool | null = null
const trackingPool = () =>
  (pool ??= createPool({ max: 2, name: 'tracking', timeoutMs: TIMEOUT_MS }))

/** The spool of this machine and the buffer of this process */
export const spool = trackingSpool()
export const eventBuffer = new EventBuffer({
  write: (trackingEvents) => recordEvents(trackingPool(), trackingEvents),
  spool,
})

/** Writes what waits and lets go of Postgres; the last thing that a process does */
export async function closeEventBuffer(): Promise<void> {
  eventBuffer.stopReplaying()
  await eventBuffer.flush()
  await pool?.end()
  pool = null
}
