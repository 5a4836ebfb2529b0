import { test } from '@japa/runner'
import { connect } from 'node:net'
import type { Recipient } from '@griot/sdk'
import { closeLink, openLink, openSession, type Context, type Run } from '../smtp/session.js'
import { classifyFailure } from '../smtp/classify_failure.js'
import { ENHANCED_CODES, type Fault } from '../smtp/enhanced_codes.js'
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
    facts: { report: async () => ({ recorded: 0, repeated: 0, parked: 0 }) },
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

  /** Whose fault each registered code is, told once more and by hand: a slip in the table would burn a list, or keep a dead address */
  const FAULTS: Record<Fault, string> = {
    address: '1.1 1.2 1.3 1.6 1.10 2.1 7.17 7.18',
    sender: '1.7 1.8 5.0 5.1 5.2 5.4 5.5 5.6 7.8 7.9 7.10 7.11 7.12 7.13 7.14 7.27',
    policy: '7.0 7.1 7.3 7.4 7.5 7.6 7.7 7.15 7.20 7.21 7.22 7.23 7.24 7.25 7.26 7.28 7.29 7.30',
    message: '2.3 3.4 6.0 6.1 6.2 6.3 6.4 6.5 6.6 7.16',
    mailbox: '1.0 1.4 1.5 2.0 2.2 2.4 4.4 4.7 6.7 6.8 6.9 6.10 7.2 7.19',
    system: '0.0 1.9 3.0 3.1 3.2 3.3 3.5 3.6 4.0 4.1 4.2 4.3 4.5 4.6 5.3',
  }
  const OUTCOMES: Record<Fault, object> = {
    address: { status: 'rejected', reason: 'invalid_address', permanent: true },
    sender: { status: 'deferred', scope: 'sender' },
    policy: { status: 'rejected', reason: 'blocked_sender' },
    message: { status: 'rejected', reason: 'blocked_content' },
    mailbox: { status: 'rejected', reason: 'other' },
    system: { status: 'rejected', reason: 'other' },
  }
  test('answers with a registered code is believed, line by line, at the recipient and at the end', async ({
    assert,
  }) => {
    const lines = Object.entries(FAULTS).flatMap(([fault, codes]) =>
      codes.split(' ').map((code) => ({ fault: fault as Fault, code }))
    )
    assert.sameDeepMembers(
      lines,
      ENHANCED_CODES.map(({ fault, code }) => ({ fault, code }))
    )
    for (const place of ['rcpt', 'dot']) {
      const outcomes = await send(...lines.map(({ code }) => `${place}_550_5.${code}`))
      lines.forEach(({ fault, code }, n) => {
        const { detail, ...outcome } = outcomes[n] as { detail?: string }
        assert.deepEqual(outcome, OUTCOMES[fault], `5.${code} at ${place}: ${detail}`)
      })
    }
    const later = await send(...lines.map(({ code }) => `rcpt_450_4.${code}`))
    lines.forEach(({ fault, code }, n) => {
      const slower = ENHANCED_CODES[ENHANCED_CODES.findIndex((one) => one.code === code)].slower
      const scope = fault === 'sender' ? 'sender' : slower ? 'destination' : 'recipient'
      assert.deepInclude(later[n], { status: 'deferred', scope }, `4.${code}`)
    })
  })

  test('refuses whoever sends blames no contact, whatever code it finds for that', async ({
    assert,
  }) => {
    for (const line of [
      '550 5.1.8 <nouvelles@example.com>: Sender address rejected: Domain not found',
      '550 5.1.1 unknown',
      '553 no',
      '501 5.1.7 bad syntax',
      '530 5.7.0 Authentication required',
      '451 4.7.1 later',
    ]) {
      relay.sender.refused = line
      const [outcome] = await send('awa')
      assert.deepInclude(outcome, { status: 'deferred', scope: 'sender' }, line)
    }
    relay.sender.refused = '552 5.3.4 message too big'
    assert.deepInclude((await send('awa'))[0], { status: 'rejected', reason: 'blocked_content' })
  })

  test('refuses the sender only once it has heard of a recipient still blames no contact', async ({
    assert,
  }) => {
    const failure = (response: string) =>
      classifyFailure({
        error: Object.assign(new Error('no'), { responseCode: 550, response, command: 'RCPT TO' }),
        bodyWasRead: false,
      })
    assert.deepInclude(
      failure('550 5.1.0 <nouvelles@example.com>: Sender address rejected: User unknown'),
      { status: 'deferred', scope: 'sender' }
    )
    assert.deepInclude(failure('550 User unknown'), { permanent: true })
    /** A version number in a sentence is no code */
    assert.deepInclude(failure('550 blocked by filter 5.1.1'), { permanent: true })
    assert.notProperty(failure('550 5.99.1 what is this'), 'permanent')
    assert.notProperty(failure('550 5.1.99 what is this'), 'permanent')
  })

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
