import { test } from '@japa/runner'
import { SYSTEM } from '#core/database/actor'
import { sql } from '#core/database/sql'
import { enablePlugin } from '#core/plugins/lifecycle/enable_plugin'
import { resumePlugin } from '#core/plugins/lifecycle/resume_plugin'
import { PluginError } from '#core/plugins/errors'
import type { PluginKernel } from '#core/plugins/plugin_kernel'
import { told } from '#tests/fixtures/plugins/never_returns/told'
import {
  enabled,
  errorOf,
  forgetPlugins,
  installed,
  preparedRun,
  pretendEnabled,
  someRecipient,
  testKernel,
} from '#tests/fixtures/plugins/test_kernel'

test.group('Containment', (group) => {
  let kernel: PluginKernel
  group.each.setup(async () => {
    await forgetPlugins()
    kernel = await testKernel()
    return async () => {
      await kernel.shutdown()
      await forgetPlugins()
    }
  })

  test('quarantines {id} at boot with {code}, and the good plugin works')
    .with([
      { id: 'throws_on_import', code: 'E_PLUGIN_IMPORT' },
      { id: 'not_a_plugin', code: 'E_PLUGIN_IMPORT' },
      { id: 'hangs_on_import', code: 'E_PLUGIN_BOOT_TIMEOUT' },
      { id: 'mismatches_manifest', code: 'E_PLUGIN_MANIFEST_MISMATCH' },
    ])
    .run(async ({ assert }, { id, code }) => {
      await enabled(kernel, 'fixture_messaging')
      await pretendEnabled(id)
      await kernel.boot()

      const bad = await kernel.find(id)
      assert.equal(bad.status, 'quarantined')
      assert.equal(bad.row?.quarantine_code, code)
      assert.include(kernel.heldFlags(), `plugin:${id}`)
      assert.equal(await send(kernel, 'fixture_messaging'), 'accepted')
    })

  test('quarantines a plugin whose enable hook never returns', async ({ assert }) => {
    await enabled(kernel, 'fixture_messaging')
    await installed(kernel, 'hangs_on_boot')
    const error = await errorOf(enablePlugin({ kernel, id: 'hangs_on_boot', by: SYSTEM }))
    assert.equal(error.code, 'E_PLUGIN_BOOT_TIMEOUT')
    assert.equal((await kernel.find('hangs_on_boot')).status, 'quarantined')
    assert.equal(await send(kernel, 'fixture_messaging'), 'accepted')
  })

  test('quarantines {id} with {code} at its fifth failure, not before')
    .with([
      { id: 'throws_in_send', code: 'E_PLUGIN_THREW', operation: 'send' as const },
      { id: 'never_returns', code: 'E_PLUGIN_TIMEOUT', operation: 'send' as const },
      { id: 'throws_in_estimate', code: 'E_PLUGIN_THREW', operation: 'estimator' as const },
      { id: 'asks_for_more', code: 'E_PLUGIN_NOT_GRANTED', operation: 'prepare' as const },
    ])
    .run(async ({ assert }, { id, code, operation }) => {
      await enabled(kernel, 'fixture_messaging', id)
      for (let failure = 1; failure <= 5; failure++) {
        assert.equal((await kernel.find(id)).status, 'enabled', `before failure ${failure}`)
        assert.equal((await errorOf(use(kernel, id, operation))).code, code)
      }
      const bad = await kernel.find(id)
      assert.equal(bad.status, 'quarantined')
      assert.equal(bad.row?.quarantine_code, code)
      assert.throws(() => kernel.channel(id), /quarantined/)
      assert.equal((await errorOf(use(kernel, id, operation))).code, 'E_CHANNEL_UNAVAILABLE')
      assert.equal(await send(kernel, 'fixture_messaging'), 'accepted')
    })

  test('counts a wrong shape that a caller reports', async ({ assert }) => {
    await enabled(kernel, 'wrong_number_of_outcomes')
    for (let failure = 1; failure <= 5; failure++) {
      const outcomes = await sendThrough(kernel, 'wrong_number_of_outcomes', {}, [
        someRecipient,
        someRecipient,
      ])
      assert.lengthOf(outcomes, 1)
      await kernel
        .reportFailure({
          pluginId: 'wrong_number_of_outcomes',
          code: 'E_PLUGIN_WRONG_RESULT',
          operation: 'send',
          detail: '1 outcome for 2 recipients',
        })
        .catch(() => undefined)
      if (failure === 5) break
    }
    assert.equal(
      (await kernel.find('wrong_number_of_outcomes')).row?.quarantine_code,
      'E_PLUGIN_WRONG_RESULT'
    )
  })

  test('does not blame a plugin for a caller that gave up', async ({ assert }) => {
    await enabled(kernel, 'never_returns')
    const error = await errorOf(
      sendThrough(kernel, 'never_returns', { signal: AbortSignal.timeout(20) })
    )
    assert.equal(error.code, 'E_PLUGIN_ABORTED')
    assert.lengthOf(await sql('select 1 from plugin_failures'), 0)
  })

  test('tells the plugin by its signal that its time is over', async ({ assert }) => {
    await enabled(kernel, 'never_returns')
    told.over = false
    const error = await errorOf(sendThrough(kernel, 'never_returns', { timeoutMs: 30 }))
    assert.equal(error.code, 'E_PLUGIN_TIMEOUT')
    assert.isTrue(told.over)
  })

  test('lets a plugin out of quarantine when it starts, and counts from nought', async ({
    assert,
  }) => {
    await enabled(kernel, 'throws_in_send')
    for (let failure = 1; failure <= 5; failure++)
      await errorOf(use(kernel, 'throws_in_send', 'send'))
    await resumePlugin({ kernel, id: 'throws_in_send', by: SYSTEM })
    assert.equal((await kernel.find('throws_in_send')).status, 'enabled')
    await errorOf(use(kernel, 'throws_in_send', 'send'))
    assert.equal((await kernel.find('throws_in_send')).status, 'enabled')
  })

  test('keeps a plugin that still cannot start in quarantine', async ({ assert }) => {
    await pretendEnabled('throws_on_import')
    await kernel.boot()
    const error = await errorOf(resumePlugin({ kernel, id: 'throws_on_import', by: SYSTEM }))
    assert.instanceOf(error, PluginError)
    assert.equal((await kernel.find('throws_on_import')).status, 'quarantined')
  })

  test('puts a left-over rejection down to the plugin', async ({ assert }) => {
    await enabled(kernel, 'leaves_a_rejection')
    const { ProcessGuard } = await import('#core/plugins/failures/process_guard')
    const others = {
      rejection: process.listeners('unhandledRejection'),
      exception: process.listeners('uncaughtException'),
    }
    process.removeAllListeners('unhandledRejection')
    const seen: string[] = []
    const guard = new ProcessGuard({
      onFailure: (failure) => void seen.push(`${failure.pluginId} ${failure.code}`),
      logger: kernel.options.logger,
    })
    guard.start()
    try {
      await use(kernel, 'leaves_a_rejection', 'send')
      await new Promise((resolve) => setTimeout(resolve, 80))
    } finally {
      guard.stop()
      for (const listener of others.rejection) process.on('unhandledRejection', listener)
    }
    assert.deepEqual(seen, ['leaves_a_rejection E_PLUGIN_UNHANDLED'])
  })

  test('starts only bundled plugins in safe mode', async ({ assert }) => {
    await enabled(kernel, 'fixture_messaging')
    const safe = await testKernel({
      safeMode: true,
      folders: { bundled: '/nowhere', others: [kernel.options.folders.bundled] },
    })
    await safe.boot()
    assert.lengthOf(safe.channels(), 0)
    assert.include(safe.heldFlags(), 'plugin:fixture_messaging')
    await safe.shutdown()
  })
})

type Operation = 'send' | 'estimator' | 'prepare'

async function use(kernel: PluginKernel, id: string, operation: Operation): Promise<unknown> {
  /** Says why it cannot be used, as the engine hears it */
  kernel.channel(id)
  switch (operation) {
    case 'estimator':
      return kernel.calls.call(id, `channels.${id}.estimator`, {
        brief: {},
        audience: { total: 1, groups: [] },
      })
    case 'prepare':
      return preparedRun(kernel, id)
    case 'send':
      return sendThrough(kernel, id, { timeoutMs: 100 })
  }
}

async function sendThrough(
  kernel: PluginKernel,
  id: string,
  o: { timeoutMs?: number; signal?: AbortSignal } = {},
  batch = [someRecipient]
) {
  const session = await preparedRun(kernel, id)
  return kernel.calls.call(id, `channels.${id}.send`, { session, batch }, o)
}

async function send(kernel: PluginKernel, id: string) {
  const [outcome] = await sendThrough(kernel, id)
  return outcome?.status
}
