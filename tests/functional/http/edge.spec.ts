import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { existsSync } from 'node:fs'
import { test } from '@japa/runner'
import { dataFolder } from '#core/database/app_root'
import { sql } from '#core/database/sql'
import { trackingLinks } from '#core/tracking/links/tracking_links'
import { aSentRun } from '#tests/functional/tracking/tracking_kit'

const base = () => process.env.APP_URL as string
const HEADERS = [
  'content-security-policy',
  'x-content-type-options',
  'referrer-policy',
  'permissions-policy',
  'cross-origin-opener-policy',
]

test.group('Every answer', () => {
  test('carries the headers that protect it, errors and early ones too', async ({ assert }) => {
    const run = await aSentRun()
    const links = trackingLinks({ runId: run, seq: 1 })
    for (const path of [
      '/',
      '/signin',
      '/nowhere',
      '/portal/nowhere',
      '/admin/nowhere',
      '/health',
      '/assets/nothing.js',
      '/hooks/email/none',
      '/u/not-a-token',
      new URL(links.link(0)).pathname,
      new URL(links.pixel).pathname,
      '/confirm/x',
      '/signin?q=%00',
    ]) {
      const reply = await fetch(`${base()}${path}`, { redirect: 'manual' })
      for (const name of HEADERS) assert.isTrue(reply.headers.has(name), `${name} on ${path}`)
      await reply.arrayBuffer()
    }
  })

  test('of nobody’s addresses sets no cookie and keeps no session', async ({ assert }) => {
    const run = await aSentRun()
    const links = trackingLinks({ runId: run, seq: 1 })
    for (const path of [
      '/health',
      '/health/ready',
      '/metrics',
      '/assets/nothing.css',
      new URL(links.unsubscribe).pathname,
      new URL(links.webView).pathname,
      new URL(links.link(0)).pathname,
      new URL(links.pixel).pathname,
    ]) {
      const reply = await fetch(`${base()}${path}`, { redirect: 'manual' })
      assert.isEmpty(reply.headers.getSetCookie(), path)
      await reply.arrayBuffer()
    }
  })

  test('that is a page comes compressed, and live progress does not', async ({ assert }) => {
    for (const encoding of ['br', 'gzip']) {
      const reply = await fetch(`${base()}/signin`, { headers: { 'accept-encoding': encoding } })
      assert.equal(reply.headers.get('content-encoding'), encoding)
      assert.include(String(reply.headers.get('vary')), 'Accept-Encoding')
      assert.include(await reply.text(), '</html>')
    }
  })

  test('to a subscription without a body is that it was not understood', async ({ assert }) => {
    const reply = await fetch(`${base()}/__transmit/subscribe`, { method: 'POST' })
    assert.equal(reply.status, 400)
  })
})

test.group('A file', () => {
  const multipart = (bytes: number) =>
    `--x\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\n${'a'.repeat(bytes)}\r\n--x--\r\n`

  /** Sends a body as fast as it is taken, and says how much of it was and what was answered */
  const upload = (path: string, length: number) =>
    new Promise<{ answer: string; sent: number }>((resolve) => {
      const { hostname, port } = new URL(base())
      const socket = connect(Number(port), hostname)
      let answer = ''
      let sent = 0
      const piece = Buffer.alloc(65_536, 'a')
      const more = () => {
        while (sent < length && socket.writable) {
          sent += piece.length
          if (!socket.write(piece)) return void socket.once('drain', more)
        }
      }
      socket.on('data', (chunk) => (answer += chunk.toString('latin1')))
      socket.on('error', () => undefined)
      socket.on('close', () => resolve({ answer, sent }))
      socket.write(
        `POST ${path} HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-type: multipart/form-data; boundary=x\r\ncontent-length: ${length}\r\n\r\n`
      )
      more()
    })

  test('is refused before it is read where nobody is signed in or no file is taken', async ({
    assert,
  }) => {
    for (const path of ['/signin', '/portal/contacts/imports', '/portal/settings/account', '/']) {
      const { answer, sent } = await upload(path, 60_000_000)
      assert.match(answer, /^HTTP\/1\.1 (302|403|404|415|419) /, path)
      assert.isBelow(sent, 10_000_000, path)
    }
    const folder = dataFolder('tmp')
    assert.isEmpty(existsSync(folder) ? readdirSync(folder) : [])
  }).timeout(60_000)

  test('of a one-click unsubscription is not looked at: whatever its body is, it counts (RFC 8058)', async ({
    assert,
  }) => {
    const run = await aSentRun({ deliveries: 6 })
    const bodies: [string | null, string | undefined][] = [
      [null, undefined],
      ['application/json', '{}'],
      ['multipart/form-data', multipart(10)],
      ['text/plain', 'List-Unsubscribe=One-Click'],
      ['application/x-www-form-urlencoded', `a=${'x'.repeat(1_000_000)}`],
      ['application/json', '{not json'],
    ]
    for (const [n, [type, body]] of bodies.entries()) {
      const { unsubscribe } = trackingLinks({ runId: run, seq: n + 1 })
      const reply = await fetch(`${base()}${new URL(unsubscribe).pathname}`, {
        method: 'POST',
        ...(type ? { headers: { 'content-type': type } } : {}),
        ...(body === undefined ? {} : { body }),
      })
      assert.equal(reply.status, 200, String(type))
      assert.isEmpty(reply.headers.getSetCookie())
      await reply.arrayBuffer()
    }
    const suppressed = await sql(
      `select 1 from suppressions s join campaign_runs r on r.account_id = s.account_id where r.id = $1`,
      [run]
    )
    assert.lengthOf(suppressed, bodies.length)
  })
})
