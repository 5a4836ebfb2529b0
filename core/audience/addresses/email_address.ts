import { domainToASCII } from 'node:url'

/** Dot-atom of RFC 5322 §3.2.3, without the quoted form, which nobody types and few servers take */
const LOCAL = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
/** Labels of RFC 1035 §2.3.1, at least two, the last not a number */
const DOMAIN =
  /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])$/
/** What spreadsheets and mail programs leave around an address, and cannot be seen */
const INVISIBLE_ENDS = /^[\s\u200b-\u200f\u2060\ufeff]+|[\s\u200b-\u200f\u2060\ufeff]+$/g

/** Characters of an address and of its part before the @ (RFC 5321 §4.5.3.1) */
const MAX_ADDRESS = 254
const MAX_LOCAL = 64

/**
 * The address as it is stored and compared: trimmed, in lower case, an international domain in its ASCII form.
 *
 * @returns null when no mail could be sent there
 */
export function normaliseEmail(text: string): string | null {
  const address = text.replace(INVISIBLE_ENDS, '').toLowerCase()
  const at = address.indexOf('@')
  if (at < 1 || at > MAX_LOCAL || address.length > MAX_ADDRESS) return null

  const local = address.slice(0, at)
  if (!LOCAL.test(local)) return null

  const given = address.slice(at + 1)
  if (DOMAIN.test(given)) return given.length > 253 ? null : address

  /** Only a name with letters outside ASCII goes through IDNA: it would also turn "1.2" into an IP address */
  if (!/[^\p{ASCII}]/u.test(given) || /[\s@/?#:%\\[\]]/.test(given)) return null
  const domain = domainToASCII(given)
  const whole = `${local}@${domain}`
  return DOMAIN.test(domain) && whole.length <= MAX_ADDRESS ? whole : null
}
