import { test } from '@japa/runner'
import { join } from 'node:path'
import { discoverPlugins, hostVersionOf } from '#core/plugins/discovery/discover_plugins'
import { APP_ROOT } from '#core/database/app_root'
import { fixtures } from '#tests/fixtures/plugins/test_kernel'

test.group('Manifest', () => {
  test('names file, field and cure in {id}')
    .with([
      { id: 'bad_manifest_extra_key', says: ['griot.icon', 'not known', 'Remove it'] },
      { id: 'bad_manifest_any_version', says: ['griot.engines.griot', '"*"', 'Name the versions'] },
      { id: 'bad_manifest_other_id', says: ['griot.id', 'somebody_else', 'same name'] },
      {
        id: 'bad_manifest_cron_without_task',
        says: ['griot.contributes.cron', 'nightly', 'contributes.tasks'],
      },
      { id: 'bad_manifest_no_json', says: ['cannot be read', 'valid JSON'] },
      { id: 'bad_manifest_absent', says: ['no key "griot"', 'Add the manifest'] },
    ])
    .run(async ({ assert }, { id, says }) => {
      const found = await discover(id)
      assert.isNull(found?.manifest)
      const text = found?.problems.join('\n') ?? ''
      for (const part of [join(id, 'package.json'), ...says]) assert.include(text, part)
    })

  test('refuses a host that is too old, and a contract that is unknown', async ({ assert }) => {
    assert.include((await discover('too_new'))?.incompatible ?? '', '>=99.0.0')
    assert.include((await discover('unknown_contract'))?.incompatible ?? '', 'version 9')
  })

  test('reads a good manifest without importing any code', async ({ assert }) => {
    const found = await discover('throws_on_import')
    assert.equal(found?.manifest?.id, 'throws_on_import')
    assert.deepEqual(found?.manifest?.contributes.channels, ['throws_on_import'])
    assert.isFalse(found?.bundled)
  })

  test('refuses two folders of one name', async ({ assert }) => {
    const all = await discoverPlugins({
      folders: { bundled: fixtures, others: [fixtures] },
      hostVersion: '0.1.0',
    })
    assert.include(all.find(({ id }) => id === 'fixture_media')?.problems[0] ?? '', 'same name')
  })
})

async function discover(id: string) {
  const all = await discoverPlugins({
    folders: { bundled: '/nowhere', others: [fixtures] },
    hostVersion: await hostVersionOf(APP_ROOT),
  })
  return all.find((plugin) => plugin.id === id)
}
