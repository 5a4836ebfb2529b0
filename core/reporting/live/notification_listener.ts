import logger from '@adonisjs/core/services/logger'
import pg from 'pg'
import { databaseUrl } from '#core/database/server/database_url'

const RETRY_MS = [250, 500, 1_000, 2_000, 5_000]

type Options = {
  /** Names for LISTEN: ours, never from a request */
  readonly channels: readonly string[]
  readonly onNotification: (channel: string, payload: string) => void
  /** After each connection: what was said while it was away is lost */
  readonly onConnected?: () => void
}

/** Hears what Postgres notifies, over one connection that is opened again when it is lost */
export class NotificationListener {
  #client: pg.Client | null = null
  #timer: NodeJS.Timeout | null = null
  #attempt = 0
  #closed = false

  constructor(private readonly o: Options) {}

  /** Resolves after the first try, whether it worked or not */
  async start(): Promise<void> {
    if (this.#closed || this.#client) return
    const client = new pg.Client({
      connectionString: databaseUrl(),
      application_name: 'griot live bridge',
      keepAlive: true,
    })
    this.#client = client
    client.on('notification', ({ channel, payload }) =>
      this.o.onNotification(channel, payload ?? '')
    )
    client.on('error', (error) => this.#lost(client, error))
    client.on('end', () => this.#lost(client, new Error('the connection ended')))
    try {
      await client.connect()
      for (const channel of this.o.channels)
        await client.query(`listen ${client.escapeIdentifier(channel)}`)
      this.#attempt = 0
      this.o.onConnected?.()
    } catch (error) {
      this.#lost(client, error as Error)
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    if (this.#timer) clearTimeout(this.#timer)
    const client = this.#client
    this.#client = null
    await client?.end().catch(() => undefined)
  }

  #lost(client: pg.Client, error: Error) {
    if (this.#client !== client || this.#closed) return
    this.#client = null
    client.end().catch(() => undefined)
    const wait = RETRY_MS[Math.min(this.#attempt++, RETRY_MS.length - 1)] ?? 5_000
    logger.warn(
      { err: error.message, retryInMs: wait },
      'Lost the connection that hears of progress'
    )
    this.#timer = setTimeout(() => void this.start(), wait)
    this.#timer.unref()
  }
}
