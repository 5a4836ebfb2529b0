import type { Readable } from 'node:stream'
import type { Outcome, Recipient } from '@griot/sdk'
import type SMTPConnection from 'nodemailer/lib/smtp-connection'
import { isSafeAddress } from '../mime/header_value.js'
import type { BuiltMessage } from '../mime/message_builder.js'
import { classifyFailure } from './classify_failure.js'
import { PreparedBody } from './prepared_body.js'
import type { Context, Session } from './session.js'

/** Sends one message a recipient over the session's connections; one outcome each, in order */
export async function sendBatch(
  ctx: Context,
  session: Session,
  batch: readonly Recipient[]
): Promise<readonly Outcome[]> {
  return Promise.all(batch.map((recipient) => sendOne(ctx, session, recipient)))
}

async function sendOne(ctx: Context, session: Session, recipient: Recipient): Promise<Outcome> {
  if (!isSafeAddress(recipient.address))
    return {
      status: 'rejected',
      reason: 'invalid_address',
      detail: 'the address cannot stand in an envelope',
    }

  const message = await compose(ctx, session, recipient)
  const body = new PreparedBody(message.wire)
  try {
    const reply = await session.pool.use(ctx.tcp, (connection) => {
      const envelope = {
        from: envelopeFrom(ctx, session, recipient),
        to: recipient.address,
        size: message.bytes.length,
      }
      return handToRelay(connection, envelope, body)
    })
    /** The relay has answered, so it has read all of it. After a failure nobody knows who still reads: it is not used again */
    message.release()
    return { status: 'accepted', providerKey: recipient.deliveryId, detail: reply.slice(0, 200) }
  } catch (error) {
    return classifyFailure({
      error: error as Error,
      bodyWasRead: body.asked,
    })
  }
}

function compose(ctx: Context, session: Session, recipient: Recipient): Promise<BuiltMessage> {
  return session.builder.build({
    from: { name: recipient.content.sender_name ?? session.run.accountName, address: session.from },
    replyTo: session.replyTo,
    to: recipient.address,
    subject: recipient.content.subject ?? '',
    html: recipient.content.html ?? '',
    text: recipient.content.text ?? '',
    messageId: `${recipient.deliveryId}@${session.domain}`,
    unsubscribe: recipient.links.unsubscribe,
    listId: `${session.run.campaignId}.${session.domain}`,
    feedbackId: `${session.run.id}:${session.run.accountId.slice(-12)}:campaign:griot`,
    date: ctx.clock.now(),
  })
}

/** A return address of its own for each delivery (VERP): a bounce says which one it was */
function envelopeFrom(ctx: Context, session: Session, recipient: Recipient): string {
  const { bounce_domain: domain } = ctx.settings
  return domain ? `retours+${recipient.deliveryId}@${domain}` : session.from
}

/** Milliseconds for a relay to take the envelope. Nothing of the message has left by then, so giving up is safe */
const ENVELOPE_MS = 20_000

function handToRelay(
  connection: SMTPConnection,
  envelope: { from: string; to: string; size: number },
  body: PreparedBody
): Promise<string> {
  return new Promise((resolve, reject) => {
    const tooLong = setTimeout(() => {
      if (body.asked) return
      connection.close()
      reject(Object.assign(new Error('the relay did not take the envelope'), { code: 'ETIMEDOUT' }))
    }, ENVELOPE_MS)
    connection.send(
      { from: envelope.from, to: [envelope.to], size: envelope.size },
      body as unknown as Readable,
      (error, info) => {
        clearTimeout(tooLong)
        if (!error) return resolve(info?.response ?? '')
        void recover(connection, error).then(() => reject(error))
      }
    )
  })
}

/** Milliseconds for a relay to answer RSET */
const RESET_MS = 5_000

/**
 * After a refusal a connection is good again once the envelope is forgotten. After silence it is not, nor after 421, which
 * announces that the relay hangs up (RFC 5321 §3.8); a relay that hangs up during RSET never answers it.
 */
function recover(connection: SMTPConnection, error: Error): Promise<void> {
  const code = (error as { responseCode?: number }).responseCode
  if (!code || code === 421) {
    connection.close()
    return Promise.resolve()
  }
  return new Promise((resolve) => {
    const giveUp = () => {
      clearTimeout(timer)
      connection.close()
      resolve()
    }
    const timer = setTimeout(giveUp, RESET_MS)
    connection.once('end', giveUp)
    connection.reset((broken) => {
      connection.removeListener('end', giveUp)
      if (broken) return giveUp()
      clearTimeout(timer)
      resolve()
    })
  })
}
