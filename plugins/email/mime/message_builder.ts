import { randomUUID } from 'node:crypto'
import type { DkimSigner } from './dkim_signer.js'
import { encodeHeader, mailboxes, type Mailbox } from './header_value.js'
import { quotedPrintableLength, writeQuotedPrintable } from './quoted_printable.js'

export type Message = {
  readonly from: Mailbox
  readonly replyTo: readonly Mailbox[]
  readonly to: string
  readonly subject: string
  readonly html: string
  readonly text: string
  /** Same delivery, same id: receivers and bounces can be matched */
  readonly messageId: string
  readonly unsubscribe: string
  readonly listId: string
  readonly feedbackId: string
  readonly date: Date
}

const HTML_PART = Buffer.from(
  'Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
)
const TEXT_PART = Buffer.from(
  'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
)

/** A message in memory that is used again. `release` gives it back: only when nobody reads the bytes any more */
export type BuiltMessage = {
  readonly bytes: Buffer
  /** The same with the line that ends it on the wire (RFC 5321 §4.1.1.4) */
  readonly wire: Buffer
  release(): void
}

const FINAL_DOT = Buffer.from('.\r\n')

/** Bytes kept free before a body for its headers: they are known last, when the signature is */
const HEAD_ROOM = 4 * 1_024

/**
 * Builds the bytes of messages: text and HTML as alternatives, quoted-printable, with the headers that bulk mail must
 * carry (RFC 5322, RFC 2919 List-Id, RFC 8058 one-click), signed when there is a key.
 *
 * Every value is made safe here: no field can begin a header of its own. One builder a worker: its memory is used again for
 * each message. A fresh 30 kB for each of a thousand messages a second is what a collector of garbage then spends its time on.
 */
export class MessageBuilder {
  #source = Buffer.allocUnsafeSlow(32 * 1_024)
  #free: Buffer[] = []

  constructor(private readonly signer: DkimSigner | null) {}

  /** Signing, a third of a millisecond of RSA, happens on another thread while this one builds the next message */
  async build(message: Message): Promise<BuiltMessage> {
    const boundary = `griot-${randomUUID()}`
    const headers = headersOf(message, boundary)
    const { memory, end } = this.#writeBody(message, boundary)
    const signature = this.signer
      ? await this.signer.header(headers, memory.subarray(HEAD_ROOM, end))
      : ''
    const head = `${signature}${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
    const release = () => void this.#free.push(memory)
    const length = Buffer.byteLength(head)
    if (length > HEAD_ROOM) {
      const wire = Buffer.concat([Buffer.from(head), memory.subarray(HEAD_ROOM, end), FINAL_DOT])
      return { bytes: wire.subarray(0, -FINAL_DOT.length), wire, release }
    }
    const start = HEAD_ROOM - length
    memory.write(head, start)
    FINAL_DOT.copy(memory, end)
    return {
      bytes: memory.subarray(start, end),
      wire: memory.subarray(start, end + FINAL_DOT.length),
      release,
    }
  }

  #writeBody(message: Message, boundary: string): { memory: Buffer; end: number } {
    const needed =
      HEAD_ROOM +
      quotedPrintableLength(Buffer.byteLength(message.text)) +
      quotedPrintableLength(Buffer.byteLength(message.html)) +
      1_024
    const out = this.#memory(needed)
    let at = HEAD_ROOM
    at += out.write(`--${boundary}\r\n`, at, 'latin1')
    at += TEXT_PART.copy(out, at)
    at = this.#writeText(message.text, out, at)
    at += out.write(`\r\n--${boundary}\r\n`, at, 'latin1')
    at += HTML_PART.copy(out, at)
    at = this.#writeText(message.html, out, at)
    at += out.write(`\r\n--${boundary}--\r\n`, at, 'latin1')
    return { memory: out, end: at }
  }

  #writeText(text: string, out: Buffer, at: number): number {
    if (this.#source.length < text.length * 3)
      this.#source = Buffer.allocUnsafeSlow(text.length * 3)
    const length = this.#source.write(text)
    return writeQuotedPrintable(this.#source.subarray(0, length), out, at)
  }

  /** The largest messages decide how large the pieces are; smaller pieces are let go */
  #memory(needed: number): Buffer {
    const known = this.#free.pop()
    return known && known.length >= needed ? known : Buffer.allocUnsafeSlow(needed)
  }
}

function headersOf(message: Message, boundary: string): (readonly [string, string])[] {
  return [
    ['From', mailboxes([message.from], 'From')],
    ['To', `<${message.to}>`],
    ...(message.replyTo.length > 0
      ? [['Reply-To', mailboxes(message.replyTo, 'Reply-To')] as const]
      : []),
    ['Subject', encodeHeader(message.subject, 'Subject')],
    ['Date', message.date.toUTCString().replace('GMT', '+0000')],
    ['Message-ID', `<${message.messageId}>`],
    ['MIME-Version', '1.0'],
    ['Content-Type', `multipart/alternative; boundary="${boundary}"`],
    ['List-Id', `<${message.listId}>`],
    /** On one line: folded, it has broken signatures at large receivers */
    ['List-Unsubscribe', `<${message.unsubscribe}>`],
    ['List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'],
    ['Feedback-ID', message.feedbackId],
  ]
}
