import logger from '@adonisjs/core/services/logger'
import { createPool } from '#core/database/pool'
import type pg from 'pg'
import { recordEvents } from './record_events.js'

export type TrackedEvent = {
  readonly runId: number
  readonly seq: number
  readonly kind:
    | 'opened'
    | 'clicked'
    | 'unsubscribed'
    | 'delivered'
    | 'bounced'
    | 'complained'
    | 'replied'
    | 'dwelled'
  readonly link: number | null
  /** Facts that may be told twice carry a key; hits do not: every one is kept */
  readonly dedup: string | null
  readonly userAgent: string | null
  readonly ipPrefix: string | null
  readonly at: Date
}

/** Milliseconds that a hit waits at most before it is written */
const FLUSH_MS = 200

/** Answers hits without waiting for Postgres: keeps them and writes them in batches; flushed on shutdown */
export class EventBuffer {
  #waiting: TrackedEvent[] = []
  #timer: NodeJS.Timeout | null = null
  #writing: Promise<void> = Promise.resolve()
  #pool: pg.Pool | null = null

  add(event: TrackedEvent): void {
    this.#waiting.push(event)
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS)
  }

  /** Writes what waits. A batch that cannot be written goes back to the front and is tried again */
  async flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    this.#writing = this.#writing.then(() => this.#write())
    await this.#writing
  }

  async close(): Promise<void> {
    await this.flush()
    await this.#pool?.end()
    this.#pool = null
  }

  async #write(): Promise<void> {
    const batch = this.#waiting
    if (batch.length === 0) return
    this.#waiting = []
    this.#pool ??= createPool({ max: 2, name: 'tracking' })
    try {
      await recordEvents(this.#pool, batch)
    } catch (error) {
      this.#waiting = [...batch, ...this.#waiting]
      this.#timer ??= setTimeout(() => void this.flush(), 1_000)
      logger.error({ err: error, events: batch.length }, 'events could not be written; they wait')
    }
  }
}

/** The buffer of this process */
export const eventBuffer = new EventBuffer()
