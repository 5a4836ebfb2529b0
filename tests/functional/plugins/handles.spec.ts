import { test } from '@japa/runner'
import { SYSTEM } from '#core/database/actor'
import { disablePlugin } from '#core/plugins/lifecycle/disable_plugin'
import { saveSettings } from '#core/plugins/lifecycle/save_settings'
import type { PluginKernel } from '#core/plugins/plugin_kernel'
import {
  enabled,
  errorOf,
  forgetPlugins,
  preparedRun,
  someRecipient,
  testKernel,
} from '#tests/fixtures/plugins/test_kernel'

const ID = 'fixture_messaging'

test.group('What was opened in a plugin', (group) => {
  let kernel: PluginKernel
  group.each.setup(async () => {
    await forgetPlugins()
    kernel = await testKernel()
    await enabled(kernel, ID)
    return async () => {
      await kernel.shutdown()
      await forgetPlugins()
    }
  })
  const send = (session: string) =>
    kernel.calls.call(ID, `channels.${ID}.send`, { session, batch: [someRecipient] })
  const close = (session: string) => kernel.calls.call(ID, `channels.${ID}.close`, { session })

  test('stays as it is when the settings change', async ({ assert }) => {
    const session = await preparedRun(kernel, ID)
    await saveSettings({ kernel, id: ID, settings: { sender: 'Griot' }, by: SYSTEM })
    const [outcome] = await send(session)
    assert.equal(outcome.status, 'accepted')
    await close(session)
    assert.equal((await errorOf(send(session))).code, 'E_PLUGIN_HANDLE_GONE')
  })

  test('cannot be sent through once the plugin is disabled, and can be closed', async ({
    assert,
  }) => {
    const session = await preparedRun(kernel, ID)
    await disablePlugin({ kernel, id: ID, by: SYSTEM })
    assert.equal((await errorOf(send(session))).code, 'E_PLUGIN_UNAVAILABLE')
    await close(session)
    assert.equal((await errorOf(close(session))).code, 'E_PLUGIN_HANDLE_GONE')
  })

  test('is of one plugin: another cannot be asked with its handle', async ({ assert }) => {
    await enabled(kernel, 'fixture_lookup')
    const session = await preparedRun(kernel, ID)
    const stolen = kernel.calls.call('fixture_lookup', 'channels.fixture_lookup.send', {
      session,
      batch: [someRecipient],
    })
    assert.equal((await errorOf(stolen)).code, 'E_PLUGIN_HANDLE_GONE')
  })
})
