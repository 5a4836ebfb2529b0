import type { IncomingMessage } from 'node:http'

/** Characters of a beacon: a number of milliseconds */
const MOST = 12

/**
 * Reads what a landing page tells: milliseconds in view, as plain text. What is longer is not read on: the caller answers, and the
 * connection ends.
 *
 * @returns null when it is anything else
 */
export function readBeacon(request: IncomingMessage): Promise<number | null> {
  return new Promise((resolve, reject) => {
    let text = ''
    const done = (value: number | null) => {
      request.removeListener('data', take)
      request.pause()
      resolve(value)
    }
    const take = (chunk: Buffer) => {
      text += chunk.toString('latin1')
      if (text.length > MOST) done(null)
    }
    request.on('data', take)
    request.once('end', () => done(/^\d{1,9}$/.test(text) ? Number(text) : null))
    request.once('error', reject)
  })
}
