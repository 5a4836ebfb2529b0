import { test } from '@japa/runner'
import { pluginStatus } from '#core/plugins/discovery/plugin_status'
import { PLUGIN_TRANSITIONS, verbsFrom } from '#core/plugins/discovery/plugin_transitions'
import type { FoundPlugin, PluginRow, PluginStatus } from '#core/plugins/types'

const ALL: readonly PluginStatus[] = [
  'discovered',
  'invalid',
  'incompatible',
  'disabled',
  'enabled',
  'degraded',
  'upgrading',
  'quarantined',
  'uninstalling',
  'missing',
]

test.group('Plugin transitions', () => {
  test('reaches every status from an empty folder', ({ assert }) => {
    const reached = new Set<string>(['absent'])
    for (let before = -1; before !== reached.size;) {
      before = reached.size
      for (const { from, to } of PLUGIN_TRANSITIONS) if (reached.has(from)) reached.add(to)
    }
    assert.sameMembers([...reached], ['absent', ...ALL])
  })

  test('leaves every status: none is a dead end', ({ assert }) => {
    const canGo = new Set<string>(['absent'])
    for (let before = -1; before !== canGo.size;) {
      before = canGo.size
      for (const { from, to } of PLUGIN_TRANSITIONS) if (canGo.has(to)) canGo.add(from)
    }
    assert.sameMembers([...canGo], ['absent', ...ALL])
  })

  test('offers a way to {$self}')
    .with(['enabled', 'degraded', 'quarantined'] as const)
    .run(({ assert }, status) => {
      assert.include(verbsFrom(status), 'disable')
    })

  test('never uninstalls what is enabled', ({ assert }) => {
    assert.notIncludeMembers([...verbsFrom('enabled')], ['uninstall'])
    assert.notIncludeMembers([...verbsFrom('degraded')], ['purge'])
  })
})

const manifest = { capabilities: {}, contributes: { channels: [] } } as unknown as NonNullable<
  FoundPlugin['manifest']
>
const found = (over: Partial<FoundPlugin> = {}) =>
  ({
    id: 'pigeon',
    folder: '/x',
    bundled: true,
    packageName: 'x',
    version: '1.2.0',
    manifest,
    problems: [],
    incompatible: null,
    ...over,
  }) as FoundPlugin
const row = (over: Partial<PluginRow> = {}) =>
  ({
    id: 'pigeon',
    version: '1.2.0',
    desired: 'enabled',
    operation: null,
    operation_error: null,
    health: 'ok',
    health_detail: '',
    quarantined_at: null,
    quarantine_code: null,
    quarantine_reason: null,
    granted: {},
    settings: {},
    settings_source: 'default',
    created_at: new Date(),
    updated_at: new Date(),
    ...over,
  }) as PluginRow

test.group('Plugin status', () => {
  test('derives {status} when {name}')
    .with([
      {
        name: 'files are there and no row',
        status: 'discovered',
        o: { found: found(), row: null },
      },
      {
        name: 'an installation was cut off',
        status: 'discovered',
        o: { found: found(), row: row({ operation: 'installing' }) },
      },
      {
        name: 'an uninstall kept the data',
        status: 'discovered',
        o: { found: found(), row: row({ version: '' }) },
      },
      {
        name: 'the manifest has problems',
        status: 'invalid',
        o: { found: found({ manifest: null, problems: ['x'] } as never), row: row() },
      },
      {
        name: 'the host is too old',
        status: 'incompatible',
        o: { found: found({ incompatible: 'x' } as never), row: row() },
      },
      {
        name: 'the files are older than what is installed',
        status: 'incompatible',
        o: { found: found({ version: '1.1.9' }), row: row() },
      },
      {
        name: 'the admin wants it off',
        status: 'disabled',
        o: { found: found(), row: row({ desired: 'disabled' }) },
      },
      { name: 'all is well', status: 'enabled', o: { found: found(), row: row() } },
      {
        name: 'its check said no',
        status: 'degraded',
        o: { found: found(), row: row({ health: 'degraded' }) },
      },
      {
        name: 'the files are newer',
        status: 'upgrading',
        o: { found: found({ version: '1.10.0' }), row: row() },
      },
      {
        name: 'it failed too often',
        status: 'quarantined',
        o: { found: found(), row: row({ quarantined_at: new Date() }) },
      },
      {
        name: 'it is being removed',
        status: 'uninstalling',
        o: { found: found(), row: row({ operation: 'uninstalling' }) },
      },
      { name: 'the files are gone', status: 'missing', o: { found: null, row: row() } },
    ])
    .run(({ assert }, { status, o }) => {
      assert.equal(pluginStatus({ ...o, safeMode: false }).status, status)
    })

  test('disables what is not bundled in safe mode', ({ assert }) => {
    assert.equal(
      pluginStatus({ found: found({ bundled: false }), row: row(), safeMode: true }).status,
      'disabled'
    )
    assert.equal(pluginStatus({ found: found(), row: row(), safeMode: true }).status, 'enabled')
  })
})
