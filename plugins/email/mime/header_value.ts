/** What could end a header or hide in it: controls, line and paragraph separators, direction marks */
const FORBIDDEN = /[\u0000-\u001f\u007f\u0085\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g

/** A header value on one line: whatever a client or a contact's field contains, it cannot begin another header */
export function headerLine(value: string): string {
  return value.replace(FORBIDDEN, ' ').replace(/ {2,}/g, ' ').trim()
}

/** Characters of a line that holds encoded words, the name of the header counted (RFC 2047 §2) */
const LINE = 76
/** `=?UTF-8?B?` and `?=` */
const FRAME = 12
/** Octets of a line at most (RFC 5322 §2.1.1), less the longest name of a header */
const LONGEST = 900
const PLAIN = /^[\x20-\x7e]*$/

/** A person or a desk in From, To or Reply-To. An empty name is none */
export type Mailbox = { readonly name: string; readonly address: string }

/**
 * Encodes text for a header: as it is when plain ASCII, else as encoded words of whole characters (RFC 2047), folded so that
 * no line is longer than 76 characters.
 *
 * @param header the name of the header, which stands on the first line
 */
export function encodeHeader(value: string, header: string): string {
  const line = headerLine(value)
  if (isPlain(line) && line.length < LONGEST) return line
  return encodedWords(line, LINE - header.length - 2).join('\r\n ')
}

/**
 * Mailboxes for From, To and Reply-To (RFC 5322 §3.4, §3.6.2): names that are not plain ASCII as encoded words, a mailbox a
 * line where more than one would not fit, each address whole.
 *
 * @param header the name of the header, which stands on the first line
 */
export function mailboxes(list: readonly Mailbox[], header: string): string {
  let value = ''
  let column = header.length + 2
  const put = (piece: string) => {
    const folds = value !== '' && column + 1 + piece.length > LINE
    value += folds ? `\r\n ${piece}` : value === '' ? piece : ` ${piece}`
    column = (folds ? 0 : column) + (value === piece ? 0 : 1) + piece.length
  }
  for (const [n, { name, address }] of list.entries()) {
    const comma = n < list.length - 1 ? ',' : ''
    const clean = headerLine(name)
    if (clean && isPlain(clean) && clean.length < LONGEST / 2)
      put(`"${clean.replace(/["\\]/g, '\\$&')}"`)
    else if (clean)
      for (const word of encodedWords(clean, LINE - Math.min(column + 1, 40))) put(word)
    put(`<${address}>${comma}`)
  }
  return value
}

function isPlain(text: string): boolean {
  return PLAIN.test(text) && !text.includes('=?')
}

/**
 * @param first characters that the first word may have: the rest of its line
 */
function encodedWords(text: string, first: number): string[] {
  const bytesIn = (characters: number) => Math.floor((characters - FRAME) / 4) * 3
  const words: string[] = []
  let room = bytesIn(first)
  let word = ''
  let bytes = 0
  for (const character of text) {
    const more = Buffer.byteLength(character)
    if (bytes + more > room) {
      words.push(word)
      word = ''
      bytes = 0
      room = bytesIn(LINE - 1)
    }
    word += character
    bytes += more
  }
  words.push(word)
  return words.map((part) => `=?UTF-8?B?${Buffer.from(part).toString('base64')}?=`)
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
