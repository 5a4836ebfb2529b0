/** What could end a header or hide in it: controls, line and paragraph separators, direction marks */
const FORBIDDEN = /[\u0000-\u001f\u007f\u0085\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g

/** A header value on one line: whatever a client or a contact's field contains, it cannot begin another header */
export function headerLine(value: string): string {
  return value.replace(FORBIDDEN, ' ').replace(/ {2,}/g, ' ').trim()
}

/** Bytes of text in one encoded word: 75 characters less the frame, in base64 (RFC 2047 §2) */
const WORD_BYTES = 45

/**
 * Encodes text for a header: as it is when plain ASCII, else as encoded words of whole characters (RFC 2047), folded.
 */
export function encodeHeader(value: string): string {
  const line = headerLine(value)
  if (/^[\x20-\x7e]*$/.test(line) && !line.includes('=?') && line.length < 900) return line

  const words: string[] = []
  let word = ''
  for (const character of line) {
    if (Buffer.byteLength(word + character) > WORD_BYTES) {
      words.push(word)
      word = ''
    }
    word += character
  }
  words.push(word)
  return words.map((part) => `=?UTF-8?B?${Buffer.from(part).toString('base64')}?=`).join('\r\n ')
}

/** A name and an address for From, To and Reply-To (RFC 5322 §3.4) */
export function mailbox(name: string, address: string): string {
  const clean = headerLine(name)
  if (!clean) return `<${address}>`
  if (/^[\x20-\x7e]*$/.test(clean) && !clean.includes('=?'))
    return `"${clean.replace(/["\\]/g, '\\$&')}" <${address}>`
  return `${encodeHeader(clean)} <${address}>`
}

/** Whether an address can stand in an envelope and a header without being anything else */
export function isSafeAddress(address: string): boolean {
  return (
    address.length <= 254 &&
    /^[^\s<>()[\]\\,;:"\u0000-\u001f\u007f]+@[^\s<>()[\]\\,;:"@\u0000-\u001f\u007f]+$/u.test(
      address
    )
  )
}
