import { randomUUID } from 'node:crypto'
import type { DkimSigner } from './dkim_signer.js'
import { encodeHeader, mailbox } from './header_value.js'
import { quotedPrintableLength, writeQuotedPrintable } from './quoted_printable.js'

export type Message = {
  readonly from: { readonly name: string; readonly address: string }
  readonly replyTo: string | null
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

/**
 * Builds the bytes of messages: text and HTML as alternatives, quoted-printable, with the headers that bulk mail must
 * carry (RFC 5322, RFC 2919 List-Id, RFC 8058 one-click), signed when there is a key.
 *
 * Every value is made safe here: no field can begin a header of its own. One builder a session: its working space is
 * used again for each message, which keeps the memory of a worker flat.
 */
export class MessageBuilder {
  #scratch = Buffer.allocUnsafe(64 * 1_024)

  constructor(private readonly signer: DkimSigner | null) {}

  build(message: Message): Buffer {
    const boundary = `griot-${randomUUID()}`
    const body = this.#body(message, boundary)
    const headers = headersOf(message, boundary)
    const head = `${this.signer?.header(headers, body) ?? ''}${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
    const out = Buffer.allocUnsafe(Buffer.byteLength(head) + body.length)
    body.copy(out, out.write(head))
    return out
  }

  #body(message: Message, boundary: string): Buffer {
    const text = Buffer.from(message.text)
    const html = Buffer.from(message.html)
    const needed = quotedPrintableLength(text.length) + quotedPrintableLength(html.length) + 1_024
    if (this.#scratch.length < needed) this.#scratch = Buffer.allocUnsafe(needed)

    const out = this.#scratch
    let at = out.write(`--${boundary}\r\n`, 0, 'latin1')
    at += TEXT_PART.copy(out, at)
    at = writeQuotedPrintable(text, out, at)
    at += out.write(`\r\n--${boundary}\r\n`, at, 'latin1')
    at += HTML_PART.copy(out, at)
    at = writeQuotedPrintable(html, out, at)
    at += out.write(`\r\n--${boundary}--\r\n`, at, 'latin1')
    return out.subarray(0, at)
  }
}

function headersOf(message: Message, boundary: string): (readonly [string, string])[] {
  return [
    ['From', mailbox(message.from.name, message.from.address)],
    ['To', `<${message.to}>`],
    ...(message.replyTo ? [['Reply-To', `<${message.replyTo}>`] as const] : []),
    ['Subject', encodeHeader(message.subject)],
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
