/*
| Loaded into a worker before anything else by `npm run faults -- points`, and nowhere else: names each statement to Postgres and
| each write to the mail server, counts them from the moment that POINTS_GO is there, and ends the process with SIGKILL just
| before or just after the one that POINT names.
*/
import { appendFileSync, existsSync } from 'node:fs'
import { Socket } from 'node:net'
import pg from 'pg'

const {
  POINTS_GO: go = '',
  POINTS_FILE: file,
  POINTS_SMTP_PORT: smtpPort,
  POINT: wanted,
} = process.env
const target = wanted
  ? (JSON.parse(wanted) as { label: string; nth: number; when: 'before' | 'after' })
  : null

const counts = new Map<string, number>()
let going = false

/** Counts the point, and says whether it is the one to end after; ends the process when it is the one to end before */
function reached(label: string): boolean {
  going ||= existsSync(go)
  if (!going) return false
  const nth = (counts.get(label) ?? 0) + 1
  counts.set(label, nth)
  if (file) appendFileSync(file, `${JSON.stringify(label)}\n`)
  if (!target || target.label !== label || target.nth !== nth) return false
  if (target.when === 'after') return true
  end()
  return false
}

function end(): void {
  process.kill(process.pid, 'SIGKILL')
}

/** A statement on one line; a long one is cut, and told from others that begin like it by the length of the whole */
function nameOf(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > 160 ? `${line.slice(0, 150)}… (${line.length})` : line
}

type Ask = (this: unknown, ...values: unknown[]) => unknown
const client = pg.Client.prototype as unknown as { query: Ask }
const query = client.query
client.query = function (...values: unknown[]) {
  const [first] = values
  const text =
    typeof first === 'string' ? first : String((first as { text?: unknown } | null)?.text ?? '')
  if (!reached(`sql ${nameOf(text)}`)) return query.apply(this, values)

  const last = values.at(-1)
  if (typeof last === 'function') return query.apply(this, [...values.slice(0, -1), end])
  const asked = query.apply(this, values) as {
    then?: (done: () => void, failed: () => void) => void
    once?: (event: string, done: () => void) => void
  }
  if (asked.then) asked.then(end, end)
  else asked.once?.('end', end)
  return asked
}

const socket = Socket.prototype as unknown as { write: Ask }
const write = socket.write
socket.write = function (...values: unknown[]) {
  if (String((this as Socket).remotePort) !== smtpPort) return write.apply(this, values)
  if (!reached(`smtp ${verbOf(values[0])}`)) return write.apply(this, values)
  const [chunk, encoding] = values
  return write.apply(this, [chunk, typeof encoding === 'string' ? encoding : 'utf8', end])
}

/** The command that a write begins with; the bytes of a message are none */
function verbOf(chunk: unknown): string {
  const text =
    typeof chunk === 'string' ? chunk : Buffer.from(chunk as Uint8Array).toString('latin1')
  const verb = /^(EHLO|HELO|STARTTLS|AUTH|MAIL FROM|RCPT TO|DATA|RSET|NOOP|QUIT)\b/i.exec(text)?.[1]
  if (verb) return verb.toUpperCase()
  return text.endsWith('\r\n.\r\n') || text === '.\r\n' ? 'message to its final dot' : 'message'
}
