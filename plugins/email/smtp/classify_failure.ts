import type { Outcome } from '@griot/sdk'
import { ENHANCED_CODES, type EnhancedCode, type Fault } from './enhanced_codes.js'

type SmtpError = Error & {
  responseCode?: number
  response?: string
  command?: string
  code?: string
}

const KNOWN: ReadonlyMap<string, EnhancedCode> = new Map(
  ENHANCED_CODES.map((known) => [known.code, known])
)

/** Codes of a subject that nobody has registered mean what the subject means as a whole (RFC 3463 §2) */
const SUBJECTS: ReadonlyMap<string, Fault> = new Map([
  ['1', 'mailbox'],
  ['2', 'mailbox'],
  ['3', 'system'],
  ['4', 'system'],
  ['5', 'sender'],
  ['6', 'message'],
  ['7', 'policy'],
])

/**
 * What a failed message means (RFC 5321 §4.2.1, RFC 3463, and the table beside this file). The decisive question without a reply
 * code is whether a byte of the message was read from us: when none was, nothing was sent and it may be tried again; when some were,
 * the relay may have it, and only looking can tell.
 *
 * @param o.bodyWasRead whether the connection had begun to read the message
 */
export function classifyFailure(o: { error: SmtpError; bodyWasRead: boolean }): Outcome {
  const { error } = o
  const detail = (error.response ?? error.message).replace(/[\r\n]+/g, ' ').slice(0, 300)
  const code = error.responseCode ?? 0

  if (code >= 500 && code < 600) return permanent(faultOf(error, code), detail)
  /** Nobody is let in with these credentials (RFC 4954 §6) */
  if (error.code === 'EAUTH') return { status: 'deferred', detail, scope: 'sender' }
  /** SMTP gives no time to come back: the kernel's own back-off knows better than a guess of ours */
  if (code === 421) return { status: 'deferred', detail, scope: 'destination' }
  if (code >= 400 && code < 500) return { status: 'deferred', detail, scope: scopeOf(error) }
  /** Our own client has read the relay's limit (RFC 1870 §5) */
  if (error.code === 'EMESSAGE' && !o.bodyWasRead) return permanent('message', detail)
  if (o.bodyWasRead) return { status: 'unknown', detail }
  /** Not a word was exchanged about the message: the relay is not there, or does not answer */
  return { status: 'deferred', detail, scope: 'sender' }
}

function permanent(fault: Fault, detail: string): Outcome {
  switch (fault) {
    case 'address':
      return { status: 'rejected', reason: 'invalid_address', detail, permanent: true }
    case 'message':
      return { status: 'rejected', reason: 'blocked_content', detail }
    case 'policy':
      return { status: 'rejected', reason: 'blocked_sender', detail }
    case 'mailbox':
    case 'system':
      return { status: 'rejected', reason: 'other', detail }
    /** It would be refused to everybody, so it is sent to nobody until a person has put it right */
    case 'sender':
      return { status: 'deferred', detail, scope: 'sender' }
  }
}

function faultOf(error: SmtpError, code: number): Fault {
  /** Whatever a relay says before it has heard of a recipient is not about the recipient */
  if (code === 530 || code === 534 || code === 535 || code === 538) return 'sender'
  const enhanced = enhancedOf(error)
  if (error.command !== undefined && BEFORE_RECIPIENT.test(error.command))
    /** The size of the message is told with its sender (RFC 1870 §6.1) */
    return code === 552 || KNOWN.get(enhanced?.code ?? '')?.fault === 'message'
      ? 'message'
      : 'sender'
  /** Relays that wait for the recipient before they refuse the sender say so in words (Postfix, smtpd_delay_reject) */
  if (
    /\bsender (address )?(rejected|denied|refused|not allowed|verify failed)/i.test(
      error.response ?? ''
    )
  )
    return 'sender'
  if (enhanced) return KNOWN.get(enhanced.code)?.fault ?? SUBJECTS.get(enhanced.subject) ?? 'system'
  /** RFC 5321 §4.2.3: without an enhanced code, the command that was refused says what it is about */
  if (error.command === 'RCPT TO' && (code === 550 || code === 551 || code === 553))
    return 'address'
  if (code === 552 && error.command !== 'RCPT TO') return 'message'
  return 'mailbox'
}

const BEFORE_RECIPIENT = /^(CONN|EHLO|HELO|LHLO|STARTTLS|AUTH\b.*|MAIL FROM)$/

function scopeOf(error: SmtpError): 'destination' | 'recipient' | 'sender' {
  if (error.command !== undefined && BEFORE_RECIPIENT.test(error.command)) return 'sender'
  const enhanced = enhancedOf(error)
  const known = enhanced && KNOWN.get(enhanced.code)
  if (known?.fault === 'sender') return 'sender'
  return known?.slower || (!known && enhanced?.subject === '7') ? 'destination' : 'recipient'
}

/** The enhanced code stands at the beginning of the text (RFC 2034 §4); a number elsewhere in it is none */
function enhancedOf(error: SmtpError): { code: string; subject: string } | null {
  const [, subject, detail] =
    /^\d{3}[ -][245]\.(\d{1,3})\.(\d{1,3})(?=\s|$)/.exec(error.response ?? '') ?? []
  return subject === undefined
    ? null
    : { code: `${Number(subject)}.${Number(detail)}`, subject: String(Number(subject)) }
}
