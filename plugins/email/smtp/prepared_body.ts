import type { Transform } from 'node:stream'

/**
 * A message whose bytes can go to the wire as they are: lines end with CRLF, none begins with a dot, and the final dot is there
 * (RFC 5321 §4.1.1.4, §4.5.2). The SMTP library pipes a message through a stream that looks at each byte for what would have
 * to be changed, a tenth of a millisecond a message; this one tells that stream to let everything through.
 */
export class PreparedBody {
  #asked = false

  /** @param bytes message and final dot, from MessageBuilder */
  constructor(private readonly bytes: Buffer) {}

  /** Whether the relay has said 354 and bytes began to flow: from then on it may have the message */
  get asked(): boolean {
    return this.#asked
  }

  /** Called by the library when the relay is ready for the message */
  pipe(target: Transform): void {
    this.#asked = true
    target._transform = (chunk: Buffer, _encoding, done) => done(null, chunk)
    target._flush = (done) => done()
    target.end(this.bytes)
  }
}
