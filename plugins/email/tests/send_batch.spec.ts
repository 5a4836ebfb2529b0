import { test } from '@japa/runner'
import { connect } from 'node:net'
import type { Recipient } from '@griot/sdk'
import { closeLink, openLink, openSession, type Context, type Run } from '../smtp/session.js'
import { sendBatch } from '../smtp/send_batch.js'
import { checkRelay } from '../smtp/check_relay.js'
import { startFaultRelay } from './fault_relay.js'

const NOW = new Date('2026-11-22T09:00:00Z')

/** A context as the kernel makes one, with plain loopback connections */
function contextFor(port: number): Context {
  return {
    plugin: { id: 'email', version: '1.0.0' },
    settings: {
      host: '127.0.0.1',
      port,
      security: 'none',
      user: null,
      connections: 3,
      from_address: 'nouvelles@example.com',
      bounce_domain: 'retours.example.com',
      dkim_domain: null,
      dkim_selector: null,
    },
    logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
    clock: { now: () => NOW },
    signal: new AbortController().signal,
    secrets: { get: async () => null },
    tcp: {
      connect: ({ host, port: to }) =>
        new Promise((resolve, reject) => {
          const socket = connect({ host, port: to, noDelay: true }, () => resolve(socket))
          socket.once('error', reject)
        }),
    },
  }
}

const run: Run = {
  id: 7,
  campaignId: 'c',
  accountId: '0192f8c0-0000-7000-8000-000000000001',
  accountName: 'Marché',
  brief: { subject: 's', sender_name: 'n', reply_to: null, template_id: 't' },
  locale: 'fr',
}
const recipient = (local: string, n = 1): Recipient => ({
  deliveryId: `7.${n}`,
  address: `${local}@example.com`,
  content: {
    subject: 'Bonjour',
    sender_name: 'Marché',
    html: `<p>${'bonjour '.repeat(400)}</p>`,
    text: 'bonjour',
  },
  links: { unsubscribe: 'https://example.com/u/x', webView: 'https://example.com/w/x' },
  idempotencyKey: `7.${n}`,
})

test.group('A relay that', (group) => {
  let relay: Awaited<ReturnType<typeof startFaultRelay>>
  group.each.setup(async () => {
    relay = await startFaultRelay()
    return () => relay.stop()
  })

  const send = async (...locals: string[]) => {
    const ctx = contextFor(relay.port)
    const session = await openSession(ctx, run, await openLink(ctx))
    try {
      return await sendBatch(
        ctx,
        session,
        locals.map((local, index) => recipient(local, index + 1))
      )
    } finally {
      await closeLink(session)
    }
  }

  const expected: Record<string, object> = {
    'awa': { status: 'accepted' },
    'rcpt-450': { status: 'deferred', scope: 'recipient' },
    'rcpt-421': { status: 'deferred', scope: 'destination' },
    'rcpt-550': { status: 'rejected', reason: 'invalid_address', permanent: true },
    'dot-451': { status: 'deferred', scope: 'recipient' },
    'dot-552': { status: 'rejected', reason: 'other' },
    'dot-5713': { status: 'rejected', reason: 'blocked_sender' },
    'drop-after-dot': { status: 'unknown' },
    'close-after-dot': { status: 'unknown' },
    'data-reset': { status: 'deferred', scope: 'sender' },
  }
  for (const [local, outcome] of Object.entries(expected)) {
    test(`answers as for ${local} gives ${Object.values(outcome)[0]}`, async ({ assert }) => {
      const [got] = await send(local)
      assert.deepInclude(got, outcome)
    })
  }

  test('refuses one of many gives each its own outcome, in order, over few connections', async ({
    assert,
  }) => {
    const locals = Array.from({ length: 40 }, (_, n) =>
      n % 10 === 3 ? 'rcpt-550' : n % 10 === 7 ? 'drop-after-dot' : `awa${n}`
    )
    const outcomes = await send(...locals)
    assert.deepEqual(
      outcomes.map((outcome) => outcome.status),
      locals.map((local) =>
        local === 'rcpt-550' ? 'rejected' : local === 'drop-after-dot' ? 'unknown' : 'accepted'
      )
    )
    assert.lengthOf(
      relay.received.filter((mode) => mode.startsWith('awa')),
      32
    )
  })

  test('is not there leaves everything to be tried again', async ({ assert }) => {
    const { port } = relay
    await relay.stop()
    const ctx = contextFor(port)
    const session = await openSession(ctx, run, await openLink(ctx))
    const outcomes = await sendBatch(ctx, session, [recipient('awa'), recipient('yao', 2)])
    assert.deepEqual(
      outcomes.map((outcome) => outcome.status),
      ['deferred', 'deferred']
    )
    assert.isFalse((await checkRelay(ctx)).ok)
    relay = await startFaultRelay()
  })

  test('is asked for an address that is none is not asked at all', async ({ assert }) => {
    const ctx = contextFor(relay.port)
    const session = await openSession(ctx, run, await openLink(ctx))
    const [outcome] = await sendBatch(ctx, session, [
      { ...recipient('x'), address: 'a@b>\r\nRCPT TO:<c@d' },
    ])
    assert.deepInclude(outcome, { status: 'rejected', reason: 'invalid_address' })
    await closeLink(session)
  })
})
