import pg from 'pg'
import type { KernelLogger } from './kernel_options.js'

const RETRY_MS = [250, 500, 1_000, 2_000, 5_000]

/**
 * Hears that plugins changed, over a connection of its own that it opens again when it is lost. Whatever was said
 * while it was away is made up for: every new connection counts as a change.
 */
export class ChangesListener {
  #client: pg.Client | null = null
  #timer: NodeJS.Timeout | null = null
  #attempt = 0
  #closed = false

  constructor(
    private readonly o: { databaseUrl: () => string; logger: KernelLogger; onChange: () => void }
  ) {}

  /** Opens the connection; resolves after the first try, whether it worked or not */
  async start(): Promise<void> {
    if (this.#closed || this.#client) return
    const client = new pg.Client({
      connectionString: this.o.databaseUrl(),
      application_name: 'griot plugin changes',
      keepAlive: true,
    })
    this.#client = client
    client.on('notification', () => this.o.onChange())
    client.on('error', (error) => this.#lost(client, error))
    client.on('end', () => this.#lost(client, new Error('the connection ended')))
    try {
      await client.connect()
      await client.query('listen plugins_changed')
      this.#attempt = 0
      this.o.onChange()
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
    this.o.logger.warn(
      { err: error.message, retryInMs: wait },
      'Lost the connection that hears of changed plugins'
    )
    this.#timer = setTimeout(() => void this.start(), wait)
    this.#timer.unref()
  }
}
