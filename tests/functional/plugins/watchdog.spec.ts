import { test } from '@japa/runner'
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { sql } from '#core/database/sql'
import { enabled, forgetPlugins, testKernel } from '#tests/fixtures/plugins/test_kernel'

test.group('Watchdog', (group) => {
  group.each.setup(async () => {
    await forgetPlugins()
    return forgetPlugins
  })

  test('quarantines the plugin that blocks the event loop and ends the process', async ({
    assert,
  }) => {
    const kernel = await testKernel()
    await enabled(kernel, 'blocks_event_loop', 'fixture_messaging')

    const child = spawn(
      process.execPath,
      [
        '--import=@poppinss/ts-exec',
        fileURLToPath(
          new URL('../../fixtures/plugins/_processes/blocked_process.ts', import.meta.url)
        ),
      ],
      {
        env: { ...process.env, TS_EXEC_PWD: process.cwd() },
        stdio: ['ignore', 'pipe', 'pipe'],
      }
    )
    const limit = setTimeout(() => child.kill('SIGABRT'), 30_000)
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    const signal = await new Promise((resolve) =>
      child.once('close', (_, killed) => resolve(killed))
    )
    clearTimeout(limit)

    assert.equal(signal, 'SIGKILL', said)
    assert.include(said, 'E_PLUGIN_BLOCKED')
    const bad = await kernel.find('blocks_event_loop')
    assert.equal(bad.status, 'quarantined')
    assert.equal(bad.row?.quarantine_code, 'E_PLUGIN_BLOCKED')
    assert.include(bad.row?.quarantine_reason ?? '', 'blocks_event_loop/plugin.ts')
    assert.lengthOf(await sql(`select 1 from plugin_failures where code = 'E_PLUGIN_BLOCKED'`), 1)

    await kernel.refresh()
    assert.equal(kernel.channel('fixture_messaging').pluginId, 'fixture_messaging')
    assert.throws(() => kernel.channel('blocks_event_loop'), /quarantined/)
    await kernel.shutdown()
  }).timeout(40_000)
})
