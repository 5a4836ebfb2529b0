import type { IncomingMessage } from 'node:http'

/** Characters of a beacon: a number of milliseconds */
const MOST = 12

/**
 * Reads what a landing page tells: milliseconds in view, as plain text.
 *
 * @returns null when it is anything else
 */
export async function readBeacon(request: IncomingMessage): Promise<number | null> {
  let text = ''
  for await (const chunk of request) {
    text += String(chunk)
    if (text.length > MOST) return null
  }
  return /^\d{1,9}$/.test(text) ? Number(text) : null
}
