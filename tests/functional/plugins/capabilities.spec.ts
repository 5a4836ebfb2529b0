import { test } from '@japa/runner'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { sql } from '#core/database/sql'
import { addressGuard } from '#core/plugins/capabilities/address_guard'
import { contactFields } from '#core/plugins/capabilities/contact_fields'
import { hostIsListed } from '#core/plugins/capabilities/host_list'
import { httpClient } from '#core/plugins/capabilities/http_client'
import { pluginStorage } from '#core/plugins/capabilities/storage'
import { tcpDialer } from '#core/plugins/capabilities/tcp_dialer'
import { webhookAddresses } from '#core/plugins/capabilities/webhook_addresses'
import { saveSettings } from '#core/plugins/lifecycle/save_settings'
import { SYSTEM } from '#core/database/actor'
import {
  enabled,
  errorOf,
  forgetPlugins,
  preparedRun,
  probe,
  testKernel,
} from '#tests/fixtures/plugins/test_kernel'

test.group('Address guard', () => {
  test('refuses {$self}')
    .with([
      '127.0.0.1',
      '10.1.2.3',
      '172.16.0.1',
      '192.168.1.1',
      '169.254.169.254',
      '100.64.0.1',
      '0.0.0.0',
      '224.0.0.1',
      '::1',
      '::',
      'fe80::1',
      'fd00::1',
      '::ffff:127.0.0.1',
      '::ffff:7f00:1',
      '64:ff9b::7f00:1',
      '2002:7f00:1::',
      '[::1]',
    ])
    .run(({ assert }, address) => {
      const guard = addressGuard({ pluginId: 'p', allowLoopback: false, allowedNetworks: [] })
      assert.throws(() => guard.checkHost(address), /private, loopback or reserved/)
    })

  test('lets public addresses through, and networks that the operator opened', ({ assert }) => {
    const guard = addressGuard({
      pluginId: 'p',
      allowLoopback: false,
      allowedNetworks: ['10.8.0.0/16'],
    })
    for (const address of ['8.8.8.8', '2a00:1450:4007::1', '10.8.1.1'])
      assert.doesNotThrow(() => guard.checkHost(address))
    assert.throws(() => guard.checkHost('10.9.1.1'))
  })

  test('refuses a name when one of its addresses is private, and hands over what it checked', async ({
    assert,
  }) => {
    const names: Record<string, { address: string; family: number }[]> = {
      'mixed.example': [
        { address: '8.8.8.8', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ],
      'good.example': [{ address: '8.8.8.8', family: 4 }],
    }
    const guard = addressGuard({
      pluginId: 'p',
      allowLoopback: false,
      allowedNetworks: [],
      resolve: async (host) => names[host] ?? [],
    })
    const lookup = (host: string) =>
      new Promise<unknown>((resolve, reject) =>
        guard.lookup(host, { all: true }, (error, addresses) =>
          error ? reject(error as Error) : resolve(addresses)
        )
      )
    assert.equal((await errorOf(lookup('mixed.example'))).code, 'E_PLUGIN_ADDRESS_REFUSED')
    assert.deepEqual(await lookup('good.example'), [{ address: '8.8.8.8', family: 4 }])
  })

  test('matches hosts: exact, wildcard, from a setting', ({ assert }) => {
    const listed = (host: string) =>
      hostIsListed({
        host,
        hosts: ['api.example.com', '*.cdn.example', 'settings.base_url'],
        settings: { base_url: 'https://sms.example.ci/v1' },
      })
    for (const host of ['api.example.com', 'API.example.com', 'a.cdn.example', 'sms.example.ci'])
      assert.isTrue(listed(host), host)
    for (const host of [
      'example.com',
      'cdn.example',
      'evilcdn.example',
      'api.example.com.evil.net',
      'sms.example',
    ])
      assert.isFalse(listed(host), host)
  })
})

test.group('HTTP of a plugin', (group) => {
  let server: Server
  let answer: RequestListener = (_, response) => response.end('ok')
  let base = ''
  group.setup(async () => {
    server = createServer((request, response) => answer(request, response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    return () => void server.close()
  })
  const client = (o: { loopback?: boolean; secret?: string } = {}) =>
    httpClient({
      pluginId: 'p',
      hosts: ['api.example.com'],
      settings: {},
      guard: addressGuard({
        pluginId: 'p',
        allowLoopback: o.loopback ?? true,
        allowedNetworks: [],
      }),
      secret: async () => o.secret ?? null,
      signal: new AbortController().signal,
    })

  test('asks, sends JSON and adds the secret that it never shows', async ({ assert }) => {
    answer = (request, response) => {
      let body = ''
      request
        .on('data', (chunk) => (body += chunk))
        .on('end', () =>
          response.end(JSON.stringify({ body, auth: request.headers.authorization }))
        )
    }
    const reply = await client({ secret: 'k-123' }).request({
      method: 'POST',
      url: base,
      json: { a: 1 },
      auth: 'api_key',
    })
    assert.deepEqual(reply.json(), { body: '{"a":1}', auth: 'Bearer k-123' })
  })

  test('refuses another host, plain http and loopback', async ({ assert }) => {
    const code = async (url: string, loopback = false) =>
      (await errorOf(client({ loopback }).request({ method: 'GET', url }))).code
    assert.equal(await code('https://evil.example/'), 'E_PLUGIN_HOST_REFUSED')
    assert.equal(await code('http://api.example.com/'), 'E_PLUGIN_HOST_REFUSED')
    assert.equal(await code(base), 'E_PLUGIN_HOST_REFUSED')
    assert.equal(await code('file:///etc/passwd', true), 'E_PLUGIN_HOST_REFUSED')
  })

  test('checks every redirect anew and drops the secret on the way to another place', async ({
    assert,
  }) => {
    answer = (_, response) => response.writeHead(302, { location: 'https://evil.example/' }).end()
    assert.equal(
      (await errorOf(client().request({ method: 'GET', url: base }))).code,
      'E_PLUGIN_HOST_REFUSED'
    )

    const seen: (string | undefined)[] = []
    answer = (request, response) => {
      seen.push(request.headers.authorization)
      if (request.url === '/')
        response
          .writeHead(307, { location: base.replace('127.0.0.1', 'localhost') + '/there' })
          .end()
      else response.end('there')
    }
    const reply = await client({ secret: 'k' })
      .request({ method: 'GET', url: base, auth: 'x' })
      .catch((error: Error) => error)
    assert.equal(seen[0], 'Bearer k')
    if ('text' in reply) assert.isUndefined(seen[1])
  })

  test('gives up on endless redirects, slow answers and what is too big, packed or not', async ({
    assert,
  }) => {
    const code = async (listener: RequestListener, timeoutMs = 2_000) => {
      answer = listener
      return (await errorOf(client().request({ method: 'GET', url: base, timeoutMs }))).code
    }
    assert.equal(
      await code((_, response) => response.writeHead(302, { location: base }).end()),
      'E_PLUGIN_NETWORK'
    )
    assert.equal(await code(() => undefined, 60), 'E_PLUGIN_NETWORK')
    assert.equal(
      await code((_, response) => response.end(Buffer.alloc(6 * 1024 * 1024))),
      'E_PLUGIN_REPLY_TOO_BIG'
    )
    assert.equal(
      await code((_, response) =>
        response
          .writeHead(200, { 'content-encoding': 'gzip' })
          .end(gzipSync(Buffer.alloc(20 * 1024 * 1024)))
      ),
      'E_PLUGIN_REPLY_TOO_BIG'
    )
  })

  test('dials TCP with the same guard', async ({ assert }) => {
    const dial = (allowLoopback: boolean) =>
      tcpDialer({
        pluginId: 'p',
        guard: addressGuard({ pluginId: 'p', allowLoopback, allowedNetworks: [] }),
        signal: new AbortController().signal,
      })
    const port = (server.address() as AddressInfo).port
    assert.equal(
      (await errorOf(dial(false).connect({ host: '127.0.0.1', port }))).code,
      'E_PLUGIN_ADDRESS_REFUSED'
    )
    assert.equal(
      (await errorOf(dial(false).connect({ host: 'localhost', port }))).code,
      'E_PLUGIN_ADDRESS_REFUSED'
    )
    const socket = await dial(true).connect({ host: '127.0.0.1', port })
    socket.destroy()
    assert.equal(
      (await errorOf(dial(true).connect({ host: '127.0.0.1', port: 1 }))).code,
      'E_PLUGIN_NETWORK'
    )
  })
})

test.group('Secrets, storage and the rest', (group) => {
  group.each.setup(async () => {
    await forgetPlugins()
    return forgetPlugins
  })

  test('never lets a secret into a log line, an error or the list of failures', async ({
    assert,
  }) => {
    const kernel = await testKernel()
    const canary = 'canary-7f3a9b'
    await enabled(kernel, 'leaks_a_secret')
    await saveSettings({
      kernel,
      id: 'leaks_a_secret',
      settings: {},
      secrets: { canary },
      by: SYSTEM,
    })
    const session = await preparedRun(kernel, 'leaks_a_secret')
    const error = await errorOf(
      kernel.calls.call('leaks_a_secret', 'channels.leaks_a_secret.send', { session, batch: [] })
    )
    assert.equal(error.code, 'E_PLUGIN_THREW')
    assert.notInclude(error.message, canary)
    assert.notInclude(JSON.stringify(kernel.lines), canary)
    assert.include(JSON.stringify(kernel.lines), '•••')
    assert.notInclude(JSON.stringify(await sql('select detail from plugin_failures')), canary)
    assert.notInclude(JSON.stringify(await sql('select * from plugin_secrets')), canary)
    assert.notInclude(
      JSON.stringify(await kernel.overview(), (_, value: unknown) =>
        typeof value === 'bigint' ? String(value) : value
      ),
      canary
    )
    await kernel.shutdown()
  })

  test('cannot read a secret whose cipher was copied from another plugin, nor one outside of the manifest', async ({
    assert,
  }) => {
    const kernel = await testKernel()
    await enabled(kernel, 'leaks_a_secret', 'fixture_database')
    await saveSettings({
      kernel,
      id: 'leaks_a_secret',
      settings: {},
      secrets: { canary: 'mine' },
      by: SYSTEM,
    })
    await sql(
      `insert into plugin_secrets (plugin_id, name, cipher) select 'fixture_database', 'token', cipher from plugin_secrets where plugin_id = 'leaks_a_secret'`
    )
    await kernel.refresh()
    const read = (secret: string) => probe(kernel, { secret })
    assert.isNull(await read('token'))
    assert.equal((await errorOf(read('canary'))).code, 'E_PLUGIN_NOT_GRANTED')
    await kernel.shutdown()
  })

  test('shows a plugin only what was granted', async ({ assert }) => {
    const kernel = await testKernel()
    await enabled(kernel, 'fixture_database')
    const keys = (await probe(kernel, {})) as { own: string[]; http: boolean; storage: boolean }
    assert.sameMembers(keys.own, [
      ...['plugin', 'settings', 'logger', 'clock', 'signal', 'facts'],
      ...['secrets', 'storage', 'database', 'schedule', 'contacts'],
    ])
    assert.deepEqual([keys.http, keys.storage], [false, true])
    await kernel.shutdown()
  })

  test('keeps values apart, forgets them in time and has a quota', async ({ assert }) => {
    const kernel = await testKernel()
    await enabled(kernel, 'fixture_media', 'fixture_messaging')
    const store = pluginStorage({ pluginId: 'fixture_media' })
    await store.set('k', 'v')
    assert.equal(await store.get('k'), 'v')
    assert.isNull(await pluginStorage({ pluginId: 'fixture_messaging' }).get('k'))
    await store.set('short', 'v', { ttlMs: 1 })
    await new Promise((resolve) => setTimeout(resolve, 20))
    assert.isNull(await store.get('short'))
    await store.delete('k')
    assert.isNull(await store.get('k'))

    assert.equal(
      (await errorOf(store.set('big', 'x'.repeat(300_000)))).code,
      'E_PLUGIN_STORAGE_FULL'
    )
    for (let i = 0; i < 20; i++) await store.set(`part${i}`, 'x'.repeat(256 * 1024))
    assert.equal((await errorOf(store.set('one_more', 'x'))).code, 'E_PLUGIN_STORAGE_FULL')
    await store.set('part0', 'smaller')
    await store.set('one_more', 'x')
    await kernel.shutdown()
  })

  test('names addresses of its own webhooks only', ({ assert }) => {
    const webhooks = webhookAddresses({
      pluginId: 'sms',
      names: ['delivery'],
      appUrl: 'https://griot.example/',
    })
    assert.equal(webhooks.urlFor('delivery'), 'https://griot.example/hooks/sms/delivery')
    assert.throws(() => webhooks.urlFor('other'), /not in the manifest/)
  })

  test('reads only the contact fields that were granted', async ({ assert }) => {
    const contacts = contactFields({
      pluginId: 'p',
      fields: ['locale'],
      readContacts: async () => ({ '1': { locale: 'fr', phone: '+225' } }),
    })
    assert.deepEqual(await contacts.read(['1']), { '1': { locale: 'fr' } })
  })

  test('queues its own tasks by the port and runs them', async ({ assert }) => {
    const kernel = await testKernel()
    await enabled(kernel, 'fixture_database')
    await sql(
      `update plugins set settings = '{"endpoint":"https://example.com","limit":3}' where id = 'fixture_database'`
    )
    await kernel.refresh()
    const queued: { task: string; key?: string }[] = []
    kernel.offer({ addTask: async (task) => void queued.push(task) })
    const schedule = (task: string) => probe(kernel, { schedule: task })
    await schedule('count')
    assert.equal((await errorOf(schedule('other'))).code, 'E_PLUGIN_NOT_GRANTED')
    assert.lengthOf(queued, 1)

    const { runPluginTask, tickPlugins } = await import('#core/plugins/runtime/plugin_tasks')
    await runPluginTask({
      kernel,
      payload: { pluginId: 'fixture_database', task: 'count', payload: { page: '/b' } },
    })
    assert.lengthOf(await sql(`select 1 from plugin_fixture_database.visits where page = '/b'`), 1)

    const at = await testKernel({ clock: { now: () => new Date('2026-11-22T10:05:00Z') } })
    const due: { task: string; key?: string }[] = []
    at.offer({ addTask: async (task) => void due.push(task) })
    await tickPlugins({ kernel: at })
    assert.lengthOf(due, 1)
    assert.match(due[0]?.key ?? '', /^count:\d+$/)
    await kernel.shutdown()
  })
})
