import type { TcpDialer } from '@griot/sdk'
import type { Infer } from '@vinejs/vine/types'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { settings } from '../settings.js'

/** Milliseconds to connect and be greeted */
const CONNECT_MS = 10_000
const GREETING_MS = 10_000
/** Milliseconds of silence before a connection is given up; after the final dot a relay may take its time (RFC 5321 §4.5.3.2.6) */
const SILENCE_MS = 100_000
/** Messages over one connection before a new one is opened: relays count them */
const MESSAGES_PER_CONNECTION = 1_000

type Settings = Readonly<Infer<typeof settings>>
type Pooled = { connection: SMTPConnection; sent: number }

/**
 * A few SMTP connections that are used in turn. Nothing is ever queued again here: a message that could not be sent
 * is the kernel's to decide.
 */
export class ConnectionPool {
  #idle: Pooled[] = []
  #open = 0
  #waiting: ((pooled: Pooled | null) => void)[] = []
  #closed = false

  constructor(
    private readonly options: {
      readonly size: number
      readonly settings: Settings
      readonly password: string | null
    }
  ) {}

  /** Runs `work` with a connection. The connection goes back when it can still be used, and is dropped otherwise */
  async use<T>(tcp: TcpDialer, work: (connection: SMTPConnection) => Promise<T>): Promise<T> {
    const pooled = await this.#take(tcp)
    try {
      const result = await work(pooled.connection)
      pooled.sent += 1
      return result
    } finally {
      this.#give(pooled)
    }
  }

  close(): void {
    this.#closed = true
    for (const pooled of this.#idle) pooled.connection.quit()
    this.#idle = []
  }

  async #take(tcp: TcpDialer): Promise<Pooled> {
    for (;;) {
      const idle = this.#idle.pop()
      if (idle && usable(idle.connection)) return idle
      if (idle) {
        this.#open -= 1
        continue
      }
      if (this.#open < this.options.size) {
        this.#open += 1
        try {
          return { connection: await connect(tcp, this.options), sent: 0 }
        } catch (error) {
          this.#open -= 1
          this.#waiting.shift()?.(null)
          throw error
        }
      }
      const given = await new Promise<Pooled | null>((resolve) => this.#waiting.push(resolve))
      if (given && usable(given.connection)) return given
      if (given) this.#open -= 1
    }
  }

  #give(pooled: Pooled): void {
    const finished =
      this.#closed || pooled.sent >= MESSAGES_PER_CONNECTION || !usable(pooled.connection)
    if (finished) {
      this.#open -= 1
      if (usable(pooled.connection)) pooled.connection.quit()
      /** Somebody may wait for a place rather than for this connection */
      this.#waiting.shift()?.(null)
      return
    }
    const next = this.#waiting.shift()
    if (next) next(pooled)
    else this.#idle.push(pooled)
  }
}

function usable(connection: SMTPConnection): boolean {
  const {
    _socket: socket,
    _destroyed: destroyed,
    _closing: closing,
  } = connection as unknown as {
    _socket?: { destroyed: boolean; writable: boolean } | false
    _destroyed?: boolean
    _closing?: boolean
  }
  return !destroyed && !closing && Boolean(socket && !socket.destroyed && socket.writable)
}

/** Opens, greets, encrypts and signs in; the address was checked by the kernel's dialer */
export async function connect(
  tcp: TcpDialer,
  options: { settings: Settings; password: string | null }
): Promise<SMTPConnection> {
  const { host, port, security, user } = options.settings
  const socket = await tcp.connect({ host, port, timeoutMs: CONNECT_MS })
  const connection = new SMTPConnection({
    host,
    port,
    connection: socket,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    greetingTimeout: GREETING_MS,
    socketTimeout: SILENCE_MS,
    name: 'griot',
  })
  await new Promise<void>((resolve, reject) => {
    connection.once('error', reject)
    connection.connect((error) => (error ? reject(error) : resolve()))
  })
  /** Later errors come back through the message in flight; the event itself must not end the process */
  connection.removeAllListeners('error')
  connection.on('error', () => undefined)

  if (user) {
    await new Promise<void>((resolve, reject) => {
      connection.login({ user, pass: options.password ?? '' }, (error) =>
        error ? reject(error) : resolve()
      )
    })
  }
  return connection
}
