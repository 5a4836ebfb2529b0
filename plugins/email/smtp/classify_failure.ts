import type { Outcome } from '@griot/sdk'

type SmtpError = Error & {
  responseCode?: number
  response?: string
  command?: string
  code?: string
}

/**
 * What a failed message means (RFC 5321 §4.2.1, RFC 3463). The decisive question without a reply code is whether a
 * byte of the message was read from us: when none was, nothing was sent and it may be tried again; when some were, the
 * relay may have it, and only looking can tell.
 *
 * @param o.bodyWasRead whether the connection had begun to read the message
 */
export function classifyFailure(o: { error: SmtpError; bodyWasRead: boolean }): Outcome {
  const { error } = o
  const detail = (error.response ?? error.message).replace(/[\r\n]+/g, ' ').slice(0, 300)
  const code = error.responseCode ?? 0
  const enhanced = /\b([245])\.(\d{1,3})\.(\d{1,3})\b/.exec(error.response ?? '')

  /** Nobody is let in with these credentials (RFC 4954 §6) */
  if (code === 535 || code === 534 || error.code === 'EAUTH')
    return { status: 'deferred', detail, scope: 'sender' }
  /** SMTP gives no time to come back: the kernel's own back-off knows better than a guess of ours */
  if (code === 421) return { status: 'deferred', detail, scope: 'destination' }
  if (code >= 400 && code < 500)
    return { status: 'deferred', detail, scope: throttles(enhanced) ? 'destination' : 'recipient' }
  if (code >= 500) {
    /** 5.7.x is about the sender (policy, reputation, authentication): the contact is not at fault */
    if (enhanced?.[2] === '7') return { status: 'rejected', reason: 'blocked_sender', detail }
    if (enhanced?.[2] === '1')
      return { status: 'rejected', reason: 'invalid_address', detail, permanent: true }
    if (code === 550 && !enhanced && error.command === 'RCPT TO')
      return { status: 'rejected', reason: 'invalid_address', detail, permanent: true }
    return { status: 'rejected', reason: 'other', detail }
  }
  if (o.bodyWasRead) return { status: 'unknown', detail }
  /** Not a word was exchanged about the message: the relay is not there, or does not answer */
  return { status: 'deferred', detail, scope: 'sender' }
}

/** 4.7.x (policy), 4.3.2 (not accepting), 4.4.5 (congestion), 4.5.3 (too many recipients): we send too much (RFC 3463 §3) */
function throttles(enhanced: RegExpExecArray | null): boolean {
  if (!enhanced) return false
  return enhanced[2] === '7' || ['3.2', '4.5', '5.3'].includes(`${enhanced[2]}.${enhanced[3]}`)
}
