/**
 * Whose trouble a refusal is.
 *
 * - `address`: nobody is reached there, now or later. The address is not written to again.
 * - `mailbox`: this message did not get in; the next may.
 * - `message`: what was sent is not taken, whoever sends it.
 * - `sender`: we are not let in as we are, with any message: what is wrong is the sender's address, its sign-in or its relay.
 *   Nothing is said about the contact.
 * - `policy`: this destination does not want mail of ours. Nothing is said about the contact.
 * - `system`: the far side has trouble of its own.
 */
export type Fault = 'address' | 'mailbox' | 'message' | 'sender' | 'policy' | 'system'

export type EnhancedCode = {
  /** Subject and detail, without the class: `1.8` of 5.1.8 */
  readonly code: string
  /** Name in the IANA registry "SMTP Enhanced Status Codes" */
  readonly name: string
  readonly fault: Fault
  /** As a temporary refusal it asks us to send less, whoever is written to */
  readonly slower?: true
}

/** Enhanced status codes of RFC 3463 §3, with those that RFC 4954, 5248, 5617, 6531, 6710, 7293, 7372 and 7505 and the registry added */
export const ENHANCED_CODES: readonly EnhancedCode[] = [
  { code: '0.0', name: 'Other undefined Status', fault: 'system' },

  { code: '1.0', name: 'Other address status', fault: 'mailbox' },
  { code: '1.1', name: 'Bad destination mailbox address', fault: 'address' },
  { code: '1.2', name: 'Bad destination system address', fault: 'address' },
  { code: '1.3', name: 'Bad destination mailbox address syntax', fault: 'address' },
  { code: '1.4', name: 'Destination mailbox address ambiguous', fault: 'mailbox' },
  { code: '1.5', name: 'Destination address valid', fault: 'mailbox' },
  { code: '1.6', name: 'Destination mailbox has moved, no forwarding address', fault: 'address' },
  { code: '1.7', name: 'Bad sender’s mailbox address syntax', fault: 'sender' },
  { code: '1.8', name: 'Bad sender’s system address', fault: 'sender' },
  { code: '1.9', name: 'Message relayed to non-compliant mailer', fault: 'system' },
  { code: '1.10', name: 'Recipient address has null MX', fault: 'address' },

  { code: '2.0', name: 'Other or undefined mailbox status', fault: 'mailbox' },
  { code: '2.1', name: 'Mailbox disabled, not accepting messages', fault: 'address' },
  { code: '2.2', name: 'Mailbox full', fault: 'mailbox' },
  { code: '2.3', name: 'Message length exceeds administrative limit', fault: 'message' },
  { code: '2.4', name: 'Mailing list expansion problem', fault: 'mailbox' },

  { code: '3.0', name: 'Other or undefined mail system status', fault: 'system' },
  { code: '3.1', name: 'Mail system full', fault: 'system' },
  { code: '3.2', name: 'System not accepting network messages', fault: 'system', slower: true },
  { code: '3.3', name: 'System not capable of selected features', fault: 'system' },
  { code: '3.4', name: 'Message too big for system', fault: 'message' },
  { code: '3.5', name: 'System incorrectly configured', fault: 'system' },
  { code: '3.6', name: 'Requested priority was changed', fault: 'system' },

  { code: '4.0', name: 'Other or undefined network or routing status', fault: 'system' },
  { code: '4.1', name: 'No answer from host', fault: 'system' },
  { code: '4.2', name: 'Bad connection', fault: 'system' },
  { code: '4.3', name: 'Directory server failure', fault: 'system' },
  { code: '4.4', name: 'Unable to route', fault: 'mailbox' },
  { code: '4.5', name: 'Mail system congestion', fault: 'system', slower: true },
  { code: '4.6', name: 'Routing loop detected', fault: 'system' },
  { code: '4.7', name: 'Delivery time expired', fault: 'mailbox' },

  { code: '5.0', name: 'Other or undefined protocol status', fault: 'sender' },
  { code: '5.1', name: 'Invalid command', fault: 'sender' },
  { code: '5.2', name: 'Syntax error', fault: 'sender' },
  { code: '5.3', name: 'Too many recipients', fault: 'system', slower: true },
  { code: '5.4', name: 'Invalid command arguments', fault: 'sender' },
  { code: '5.5', name: 'Wrong protocol version', fault: 'sender' },
  { code: '5.6', name: 'Authentication exchange line is too long', fault: 'sender' },

  { code: '6.0', name: 'Other or undefined media error', fault: 'message' },
  { code: '6.1', name: 'Media not supported', fault: 'message' },
  { code: '6.2', name: 'Conversion required and prohibited', fault: 'message' },
  { code: '6.3', name: 'Conversion required but not supported', fault: 'message' },
  { code: '6.4', name: 'Conversion with loss performed', fault: 'message' },
  { code: '6.5', name: 'Conversion failed', fault: 'message' },
  { code: '6.6', name: 'Message content not available', fault: 'message' },
  { code: '6.7', name: 'Non-ASCII addresses not permitted for that recipient', fault: 'mailbox' },
  { code: '6.8', name: 'UTF-8 string reply is required, but not permitted', fault: 'mailbox' },
  { code: '6.9', name: 'UTF-8 header message cannot be transferred', fault: 'mailbox' },
  { code: '6.10', name: 'UTF-8 string reply is required (as 6.8)', fault: 'mailbox' },

  { code: '7.0', name: 'Other or undefined security status', fault: 'policy', slower: true },
  { code: '7.1', name: 'Delivery not authorized, message refused', fault: 'policy', slower: true },
  { code: '7.2', name: 'Mailing list expansion prohibited', fault: 'mailbox', slower: true },
  {
    code: '7.3',
    name: 'Security conversion required but not possible',
    fault: 'policy',
    slower: true,
  },
  { code: '7.4', name: 'Security features not supported', fault: 'policy', slower: true },
  { code: '7.5', name: 'Cryptographic failure', fault: 'policy', slower: true },
  { code: '7.6', name: 'Cryptographic algorithm not supported', fault: 'policy', slower: true },
  { code: '7.7', name: 'Message integrity failure', fault: 'policy', slower: true },
  { code: '7.8', name: 'Authentication credentials invalid', fault: 'sender', slower: true },
  { code: '7.9', name: 'Authentication mechanism is too weak', fault: 'sender', slower: true },
  { code: '7.10', name: 'Encryption needed', fault: 'sender', slower: true },
  {
    code: '7.11',
    name: 'Encryption required for requested authentication mechanism',
    fault: 'sender',
    slower: true,
  },
  { code: '7.12', name: 'A password transition is needed', fault: 'sender', slower: true },
  { code: '7.13', name: 'User account disabled', fault: 'sender', slower: true },
  { code: '7.14', name: 'Trust relationship required', fault: 'sender', slower: true },
  { code: '7.15', name: 'Priority level is too low', fault: 'policy', slower: true },
  {
    code: '7.16',
    name: 'Message is too big for the specified priority',
    fault: 'message',
    slower: true,
  },
  { code: '7.17', name: 'Mailbox owner has changed', fault: 'address' },
  { code: '7.18', name: 'Domain owner has changed', fault: 'address' },
  { code: '7.19', name: 'RRVS test cannot be completed', fault: 'mailbox' },
  { code: '7.20', name: 'No passing DKIM signature found', fault: 'policy', slower: true },
  { code: '7.21', name: 'No acceptable DKIM signature found', fault: 'policy', slower: true },
  {
    code: '7.22',
    name: 'No valid author-matched DKIM signature found',
    fault: 'policy',
    slower: true,
  },
  { code: '7.23', name: 'SPF validation failed', fault: 'policy', slower: true },
  { code: '7.24', name: 'SPF validation error', fault: 'policy', slower: true },
  { code: '7.25', name: 'Reverse DNS validation failed', fault: 'policy', slower: true },
  { code: '7.26', name: 'Multiple authentication checks failed', fault: 'policy', slower: true },
  { code: '7.27', name: 'Sender address has null MX', fault: 'sender', slower: true },
  { code: '7.28', name: 'Mail flood detected', fault: 'policy', slower: true },
  { code: '7.29', name: 'ARC validation failure', fault: 'policy', slower: true },
  { code: '7.30', name: 'REQUIRETLS support required', fault: 'policy', slower: true },
]
