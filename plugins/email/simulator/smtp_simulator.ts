import type { Simulator } from '@griot/sdk'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'

/** Bytes of a message that the simulator takes at most */
const MAX_BYTES = 5_000_000

/**
 * A mail server on loopback that speaks real SMTP and keeps what it gets. The local part of an address can ask for
 * trouble, so that a demonstration and a test can see it: `rejet@…` and `rejet.…@…` are refused for good, `plus-tard@…` for now.
 */
export const smtpSimulator: Simulator = {
  title: { fr: 'Boîte aux lettres', en: 'Mailbox' },
  kind: 'mailbox',

  async start({ port, record }) {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      disableReverseLookup: true,
      allowInsecureAuth: true,
      onAuth: (_auth, _session, done) => done(null, { user: 'sandbox' }),
      size: MAX_BYTES,
      maxClients: 500,
      onRcptTo(address, _session, done) {
        const refusal = refusalOf(address.address)
        done(refusal ?? undefined)
      },
      onData(stream, session, done) {
        keep(stream, session).then(
          (message) => {
            record([message])
            done(null, 'OK: kept in the sandbox')
          },
          (error: Error) => done(error)
        )
      },
    })
    /** A client that hangs up is its own affair */
    server.on('error', () => undefined)
    await new Promise<void>((resolve, reject) => {
      server.server.once('error', reject)
      server.listen(port, '127.0.0.1', () => resolve())
    })
    const address = server.server.address() as { port: number }
    return {
      port: address.port,
      stop: () => new Promise((resolve) => server.close(() => resolve())),
    }
  },

  settings: (port) => ({
    host: '127.0.0.1',
    port,
    security: 'none',
    user: null,
    connections: 10,
    from_address: 'nouvelles@griot.localhost',
    bounce_domain: null,
    dkim_domain: null,
    dkim_selector: null,
  }),
}

function refusalOf(address: string): (Error & { responseCode: number }) | null {
  const local = address.split('@')[0]
  if (local === 'rejet' || local.startsWith('rejet.'))
    return Object.assign(new Error('5.1.1 no such mailbox'), { responseCode: 550 })
  if (local === 'plus-tard')
    return Object.assign(new Error('4.2.1 try again later'), { responseCode: 450 })
  return null
}

async function keep(stream: SMTPServerDataStream, session: SMTPServerSession) {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  if (stream.sizeExceeded)
    throw Object.assign(new Error('5.3.4 message too big'), { responseCode: 552 })

  const raw = Buffer.concat(chunks)
  const head = raw
    .subarray(0, Math.max(0, raw.indexOf('\r\n\r\n')))
    .toString('latin1')
    .replace(/\r\n[ \t]+/g, ' ')
  const header = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'im').exec(head)?.[1] ?? ''
  return {
    recipient: session.envelope.rcptTo[0]?.address.toLowerCase() ?? '',
    sender: header('From'),
    title: header('Subject'),
    body: {
      from: session.envelope.mailFrom ? session.envelope.mailFrom.address : '',
      size: raw.length,
    },
    raw,
  }
}
