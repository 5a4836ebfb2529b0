import { systemClock, type Clock } from '#core/database/clock'
import type { SimulatedMessage } from '@griot/sdk'
import logger from '@adonisjs/core/services/logger'
import type pg from 'pg'
import { createPool } from '#core/database/pool'

type Waiting = { pluginId: string; simulator: string; message: SimulatedMessage; at: Date }

const FLUSH_MS = 200

/**
 * Whole messages kept of one flush, evenly among them and the last one always. When thousands arrive a second every one is
 * counted, with its recipient and title, but only these are kept whole: the Sandbox is for looking, not for storing.
 */
const WHOLE_PER_FLUSH = 25

/** Writes what simulators receive, in batches */
export class MessageRecorder {
  #waiting: Waiting[] = []
  #timer: NodeJS.Timeout | null = null
  #writing: Promise<void> = Promise.resolve()
  #pool: pg.Pool = createPool({ max: 1, name: 'sandbox' })

  constructor(private readonly clock: Clock = systemClock) {}

  add(pluginId: string, simulator: string, messages: readonly SimulatedMessage[]): void {
    const at = this.clock.now()
    for (const message of messages) this.#waiting.push({ pluginId, simulator, message, at })
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS)
  }

  async flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    this.#writing = this.#writing.then(() => this.#write())
    await this.#writing
  }

  async close(): Promise<void> {
    await this.flush()
    await this.#pool.end()
  }

  async #write(): Promise<void> {
    const batch = this.#waiting
    if (batch.length === 0) return
    this.#waiting = []
    const step = Math.ceil(batch.length / WHOLE_PER_FLUSH)
    const kept = (index: number) => (batch.length - 1 - index) % step === 0
    try {
      await this.#pool.query({
        name: 'record_messages',
        text: `insert into sandbox_messages (plugin_id, simulator, recipient, sender, title, body,
          raw, received_at)
               select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[],
                 $6::jsonb[], $7::bytea[], $8::timestamptz[])`,
        values: [
          batch.map((row) => row.pluginId),
          batch.map((row) => row.simulator),
          batch.map((row) => row.message.recipient),
          batch.map((row) => row.message.sender ?? ''),
          batch.map((row) => row.message.title ?? ''),
          batch.map((row) => JSON.stringify(row.message.body ?? {})),
          batch.map((row, index) =>
            kept(index) && row.message.raw ? Buffer.from(row.message.raw) : null
          ),
          batch.map((row) => row.at),
        ],
      })
    } catch (error) {
      this.#waiting = [...batch, ...this.#waiting]
      this.#timer ??= setTimeout(() => void this.flush(), 1_000)
      logger.error(
        { err: error, messages: batch.length },
        'the Sandbox could not write what arrived; it waits'
      )
    }
  }
}
