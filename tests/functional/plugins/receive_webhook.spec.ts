import { test } from '@japa/runner'
import { createHmac } from 'node:crypto'
import type { ReceiptFact } from '@griot/sdk'
import { SYSTEM } from '#core/database/actor'
import { sql } from '#core/database/sql'
import { disablePlugin } from '#core/plugins/lifecycle/disable_plugin'
import { receiveWebhook } from '#core/plugins/webhooks/receive_webhook'
import { saveSettings } from '#core/plugins/lifecycle/save_settings'
import type { PluginKernel } from '#core/plugins/plugin_kernel'
import { enabled, forgetPlugins, testKernel } from '#tests/fixtures/plugins/test_kernel'

const fact = { key: 'k1', kind: 'delivered', at: '2026-11-22T10:00:00Z', id: 'e1' }

test.group('Webhooks', (group) => {
  let kernel: PluginKernel
  const received: { pluginId: string; facts: readonly ReceiptFact[] }[] = []
  group.each.setup(async () => {
    await forgetPlugins()
    received.length = 0
    kernel = await testKernel()
    await enabled(kernel, 'fixture_messaging')
    await saveSettings({
      kernel,
      id: 'fixture_messaging',
      settings: {},
      secrets: { signing_key: 's3cret' },
      by: SYSTEM,
    })
    return async () => {
      await kernel.shutdown()
      await forgetPlugins()
    }
  })
  const listening = () =>
    kernel.offer({
      reportFacts: async ({ pluginId, facts }) => {
        received.push({ pluginId, facts: facts as ReceiptFact[] })
        return { recorded: received.length, repeated: 0, parked: 0 }
      },
    })
  const post = (body: unknown, o: { name?: string; id?: string; signature?: string } = {}) => {
    const rawBody = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
    const signature = o.signature ?? createHmac('sha256', 's3cret').update(rawBody).digest('hex')
    return receiveWebhook({
      kernel,
      pluginId: o.id ?? 'fixture_messaging',
      name: o.name ?? 'delivery',
      request: { method: 'POST', headers: { 'x-signature': signature }, query: {}, rawBody },
    })
  }

  test('verifies, parses and hands the facts over', async ({ assert }) => {
    listening()
    assert.equal((await post([fact])).status, 200)
    assert.deepEqual(received, [
      {
        pluginId: 'fixture_messaging',
        facts: [
          {
            kind: 'receipt',
            id: 'e1',
            at: new Date(fact.at),
            of: { providerKey: 'k1' },
            is: 'delivered',
            permanent: false,
          },
        ],
      },
    ])
    assert.deepEqual(await sql('select verdict from plugin_webhook_calls'), [
      { verdict: 'accepted' },
    ])
  })

  test('refuses a wrong signature', async ({ assert }) => {
    listening()
    assert.equal((await post([fact], { signature: 'ab' })).status, 401)
    assert.lengthOf(received, 0)
    assert.deepEqual(await sql('select verdict from plugin_webhook_calls'), [
      { verdict: 'refused' },
    ])
  })

  test('answers a repetition without handing it over again', async ({ assert }) => {
    listening()
    await post([fact])
    assert.equal((await post([fact])).status, 200)
    assert.lengthOf(received, 1)
  })

  test('asks the far side to send again what nobody took over, and takes it then', async ({
    assert,
  }) => {
    assert.equal((await post([fact])).status, 500)
    listening()
    assert.equal((await post([fact])).status, 200)
    assert.lengthOf(received, 1)
  })

  test('survives a body that is cut off, and one of the wrong shape', async ({ assert }) => {
    listening()
    assert.equal((await post('[{"key":')).status, 500)
    assert.equal((await post([{ ...fact, at: 'never' }])).status, 500)
    const codes = await sql<{ code: string }>('select code from plugin_failures order by id')
    assert.deepEqual(
      codes.map(({ code }) => code),
      ['E_PLUGIN_THREW', 'E_PLUGIN_WRONG_RESULT']
    )
  })

  test('knows no other webhook, and says "later" while the plugin rests', async ({ assert }) => {
    assert.equal((await post([], { name: 'other' })).status, 404)
    assert.equal((await post([], { id: 'nobody' })).status, 404)
    await disablePlugin({ kernel, id: 'fixture_messaging', by: SYSTEM })
    assert.equal((await post([])).status, 503)
  })
})
