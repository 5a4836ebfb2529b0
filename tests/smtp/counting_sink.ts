import { createServer, type Socket } from 'node:net'

/*
| A mail server on loopback, as a process of its own, that takes messages as fast as it can and counts them by recipient.
| It speaks SMTP with PIPELINING (RFC 2920), keeps no message, and does no more for one than it must, so that what is
| measured is the sender. The local part of a recipient may ask for trouble, see BEHAVIOURS.
|
| Over IPC: it sends { port }, answers { ask: 'figures' }, and takes { slowMs } (a pause before each final answer).
*/

/** What `<behaviour>.<anything>@…` does, once for each recipient unless it says always */
type Behaviour =
  | 'rcpt-450' // refused for now at RCPT, taken at the next try
  | 'rcpt-550' // refused for good, always
  | 'rcpt-421' // hangs up with 421 at RCPT, taken at the next try
  | 'data-451' // refused for now at DATA
  | 'dot-451' // refused for now after the message
  | 'dot-552' // refused for good after the message, always
  | 'drop-data' // hangs up while the message comes, always
  | 'drop-dot' // takes the message and hangs up without an answer, always
  | 'hang-dot' // takes the message and never answers, always
  | 'garbage' // answers with what is not SMTP at RCPT, once
  | 'slow' // answers after 300 ms

const BEHAVIOURS = new Set<string>([
  'rcpt-450',
  'rcpt-550',
  'rcpt-421',
  'data-451',
  'dot-451',
  'dot-552',
  'drop-data',
  'drop-dot',
  'hang-dot',
  'garbage',
  'slow',
])

const received = new Map<string, number>()
const tried = new Set<string>()
let messages = 0
let bytes = 0
let firstAt = 0
let lastAt = 0
let slowMs = 0

const END = Buffer.from('\r\n.\r\n')

class Dialogue {
  #socket: Socket
  #rest: Buffer = Buffer.alloc(0)
  #inData = false
  #recipient = ''

  constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk) => this.#take(chunk))
    socket.write('220 sink ESMTP\r\n')
  }

  #take(chunk: Buffer) {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    let answers = ''
    for (;;) {
      if (this.#inData) {
        const end = this.#rest.indexOf(END)
        if (this.#rest.length > 0 && this.#behaviour() === 'drop-data')
          return void this.#socket.resetAndDestroy()
        if (end < 0) break
        bytes += end
        this.#rest = this.#rest.subarray(end + END.length)
        this.#inData = false
        const answer = this.#endOfMessage()
        if (answer === null) return
        answers += answer
        continue
      }
      const end = this.#rest.indexOf('\r\n')
      if (end < 0) break
      const line = this.#rest.toString('latin1', 0, end)
      this.#rest = this.#rest.subarray(end + 2)
      const answer = this.#command(line)
      if (answer === null) return
      answers += answer
    }
    if (answers) this.#socket.write(answers)
  }

  #behaviour(): Behaviour | null {
    const name = this.#recipient.split('.')[0]
    return BEHAVIOURS.has(name) ? (name as Behaviour) : null
  }

  /** Whether this recipient asks for its trouble for the first time */
  #first(): boolean {
    if (tried.has(this.#recipient)) return false
    tried.add(this.#recipient)
    return true
  }

  /** @returns the answer, or null when there is none any more */
  #command(line: string): string | null {
    switch (line.slice(0, 4).toUpperCase()) {
      case 'EHLO':
        return '250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 ENHANCEDSTATUSCODES\r\n'
      case 'RCPT':
        this.#recipient = (/<([^>]*)>/.exec(line)?.[1] ?? '').toLowerCase()
        return this.#rcpt()
      case 'DATA':
        if (this.#recipient === '') return '503 5.5.1 no recipient\r\n'
        if (this.#behaviour() === 'data-451' && this.#first()) return '451 4.3.0 not now\r\n'
        this.#inData = true
        return '354 go on\r\n'
      case 'QUIT':
        this.#socket.end('221 bye\r\n')
        return null
      case 'RSET':
        this.#recipient = ''
        return '250 ok\r\n'
      default:
        return '250 ok\r\n'
    }
  }

  #rcpt(): string | null {
    const behaviour = this.#behaviour()
    if (behaviour === 'rcpt-550') return this.#refuse('550 5.1.1 no such mailbox\r\n')
    if (behaviour === 'rcpt-450' && this.#first()) return this.#refuse('450 4.2.1 later\r\n')
    if (behaviour === 'rcpt-421' && this.#first()) {
      this.#socket.end('421 4.7.0 too many from you\r\n')
      return null
    }
    if (behaviour === 'garbage' && this.#first()) return 'HTTP/1.1 200 OK\r\n'
    return '250 ok\r\n'
  }

  #refuse(answer: string): string {
    this.#recipient = ''
    return answer
  }

  #endOfMessage(): string | null {
    const behaviour = this.#behaviour()
    if (behaviour === 'dot-451' && this.#first()) return '451 4.3.0 not now\r\n'
    if (behaviour === 'dot-552') return '552 5.2.2 mailbox full\r\n'
    messages += 1
    lastAt = Date.now()
    firstAt ||= lastAt
    received.set(this.#recipient, (received.get(this.#recipient) ?? 0) + 1)
    this.#recipient = ''
    if (behaviour === 'hang-dot') return null
    if (behaviour === 'drop-dot') {
      this.#socket.resetAndDestroy()
      return null
    }
    const wait = behaviour === 'slow' ? 300 : slowMs
    if (wait === 0) return '250 2.0.0 kept\r\n'
    setTimeout(() => this.#socket.writable && this.#socket.write('250 2.0.0 kept\r\n'), wait)
    return ''
  }
}

const server = createServer((socket) => void new Dialogue(socket))
server.listen(0, '127.0.0.1', () =>
  process.send?.({ port: (server.address() as { port: number }).port })
)

process.on(
  'message',
  (message: { ask?: 'figures' | 'recipients'; id?: number; slowMs?: number }) => {
    if (message.slowMs !== undefined) slowMs = message.slowMs
    if (message.ask === 'figures') {
      let repeated = 0
      for (const count of received.values()) repeated += count - 1
      process.send?.({
        id: message.id,
        figures: { messages, recipients: received.size, repeated, bytes, firstAt, lastAt },
      })
    }
    if (message.ask === 'recipients')
      process.send?.({ id: message.id, recipients: [...received.keys()] })
  }
)
process.on('disconnect', () => process.exit(0))
