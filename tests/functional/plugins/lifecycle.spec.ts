import { test } from '@japa/runner'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { SYSTEM } from '#core/database/actor'
import { databaseUrl } from '#core/database/server/database_url'
import { sql } from '#core/database/sql'
import { disablePlugin } from '#core/plugins/lifecycle/disable_plugin'
import { enablePlugin } from '#core/plugins/lifecycle/enable_plugin'
import { installPlugin } from '#core/plugins/lifecycle/install_plugin'
import { saveSettings } from '#core/plugins/lifecycle/save_settings'
import { leftOvers, uninstallPlugin } from '#core/plugins/lifecycle/uninstall_plugin'
import { upgradePlugin } from '#core/plugins/lifecycle/upgrade_plugin'
import type { PluginKernel } from '#core/plugins/plugin_kernel'
import {
  enabled,
  errorOf,
  fixtures,
  forgetPlugins,
  installed,
  probe,
  testKernel,
} from '#tests/fixtures/plugins/test_kernel'

const SETTINGS = { endpoint: 'https://example.com', limit: 5 }
const by = SYSTEM

test.group('Lifecycle', (group) => {
  let kernel: PluginKernel
  group.each.setup(async () => {
    await forgetPlugins()
    kernel = await testKernel()
    return async () => {
      await kernel.shutdown()
      await forgetPlugins()
    }
  })

  test('installs disabled, with schema, ledger and the install hook run', async ({ assert }) => {
    await installed(kernel, 'fixture_database')
    assert.equal((await kernel.find('fixture_database')).status, 'disabled')
    const ledger = await sql<{ name: string }>(
      'select name from plugin_fixture_database.adonis_schema'
    )
    assert.lengthOf(ledger, 1)
    assert.lengthOf(
      await sql(
        `select 1 from plugin_storage where plugin_id = 'fixture_database' and key = 'installed_at'`
      ),
      1
    )
    assert.lengthOf(await sql(`select 1 from adonis_schema where name like '%visits%'`), 0)
  })

  test('refuses to install with less than the plugin asks for', async ({ assert }) => {
    const error = await errorOf(
      installPlugin({ kernel, id: 'fixture_database', granted: { storage: {} }, by })
    )
    assert.equal(error.code, 'E_PLUGIN_CONSENT')
    assert.include(error.message, 'database')
    assert.deepEqual(await leftOvers('fixture_database'), [])
  })

  test('leaves nothing when an installation fails at import, at a migration or in the hook', async ({
    assert,
  }) => {
    const at = await copyOf('fixture_database', 'half')
    try {
      kernel.addFolder(at.folder)
      await writeFile(
        join(at.plugin, 'database/migrations/002_broken.ts'),
        `import { BaseSchema } from '@adonisjs/lucid/schema'\nexport default class extends BaseSchema { async up() { this.schema.raw('select * from nowhere') } }\n`
      )
      assert.equal(
        (await errorOf(installPlugin({ kernel, id: 'half', granted: 'all', by }))).code,
        'E_PLUGIN_MIGRATION'
      )
      assert.deepEqual(await leftOvers('half'), [])
    } finally {
      await at.remove()
    }
    assert.equal(
      (await errorOf(installPlugin({ kernel, id: 'throws_on_import', granted: 'all', by }))).code,
      'E_PLUGIN_IMPORT'
    )
    assert.deepEqual(await leftOvers('throws_on_import'), [])
  })

  test('refuses what is invalid, incompatible, unknown or installed already', async ({
    assert,
  }) => {
    const code = async (id: string) =>
      (await errorOf(installPlugin({ kernel, id, granted: 'all', by }))).code
    assert.equal(await code('bad_manifest_extra_key'), 'E_PLUGIN_MANIFEST')
    assert.equal(await code('too_new'), 'E_PLUGIN_INCOMPATIBLE')
    assert.equal(await code('nobody'), 'E_PLUGIN_UNKNOWN')
    await installed(kernel, 'fixture_media')
    assert.equal(await code('fixture_media'), 'E_PLUGIN_TRANSITION')
  })

  test('enables and disables in another process without a restart', async ({ assert }) => {
    const other = await testKernel()
    await other.boot()
    await other.listen()
    try {
      await enabled(kernel, 'fixture_messaging')
      await until(() => other.channels().length === 1)
      assert.equal(other.channel('fixture_messaging').pluginId, 'fixture_messaging')
      await disablePlugin({ kernel, id: 'fixture_messaging', by })
      await until(() => other.channels().length === 0)
      assert.include(other.heldFlags(), 'plugin:fixture_messaging')
      assert.throws(() => other.channel('fixture_messaging'), /disabled/)
    } finally {
      await other.shutdown()
    }
  })

  test('hears of changes again after its connection was killed', async ({ assert }) => {
    const other = await testKernel()
    await other.boot()
    await other.listen()
    try {
      await sql(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'griot plugin changes'`
      )
      await enabled(kernel, 'fixture_messaging')
      await until(() => other.channels().length === 1)
      assert.lengthOf(other.channels(), 1)
    } finally {
      await other.shutdown()
    }
  })

  test('keeps the old settings live when the check refuses the new ones, and says why', async ({
    assert,
  }) => {
    await enabled(kernel, 'fixture_messaging')
    assert.deepEqual(
      await saveSettings({ kernel, id: 'fixture_messaging', settings: { sender: 'Awa' }, by }),
      { saved: true }
    )
    const refused = await saveSettings({
      kernel,
      id: 'fixture_messaging',
      settings: { sender: 'Moussa', well: false },
      by,
    })
    assert.isFalse(refused.saved)
    assert.include(refused.saved ? '' : refused.detail, 'ne répond pas')
    assert.deepEqual((await kernel.find('fixture_messaging')).row?.settings, { sender: 'Awa' })
    assert.equal((await kernel.find('fixture_messaging')).status, 'enabled')
  })

  test('is degraded with settings saved despite the check, and well again with good ones', async ({
    assert,
  }) => {
    await enabled(kernel, 'fixture_messaging')
    await saveSettings({
      kernel,
      id: 'fixture_messaging',
      settings: { well: false },
      despite: true,
      by,
    })
    assert.throws(() => kernel.channel('fixture_messaging'), /degraded/)
    assert.include(kernel.heldFlags(), 'plugin:fixture_messaging')
    await saveSettings({ kernel, id: 'fixture_messaging', settings: {}, by })
    assert.equal(kernel.channel('fixture_messaging').channelId, 'fixture_messaging')
  })

  test('is degraded while required settings are missing, and takes over settings written elsewhere', async ({
    assert,
  }) => {
    await enabled(kernel, 'fixture_database')
    assert.equal((await kernel.find('fixture_database')).status, 'degraded')
    await sql(`update plugins set settings = $1::jsonb where id = 'fixture_database'`, [
      JSON.stringify(SETTINGS),
    ])
    await kernel.refresh()
    assert.equal((await kernel.find('fixture_database')).status, 'enabled')
  })

  test('refuses invalid settings with the field, and an unknown secret', async ({ assert }) => {
    await installed(kernel, 'fixture_database')
    const invalid = await errorOf(
      saveSettings({ kernel, id: 'fixture_database', settings: { endpoint: 'x', limit: 5 }, by })
    )
    assert.equal(invalid.code, 'E_PLUGIN_VALUES')
    const unknown = await errorOf(
      saveSettings({
        kernel,
        id: 'fixture_database',
        settings: SETTINGS,
        secrets: { other: 'x' },
        by,
      })
    )
    assert.equal(unknown.code, 'E_PLUGIN_SETTINGS')
  })

  test('uninstalls and keeps the data, which a later installation finds', async ({ assert }) => {
    await installed(kernel, 'fixture_database')
    await saveSettings({
      kernel,
      id: 'fixture_database',
      settings: SETTINGS,
      secrets: { token: 'right' },
      by,
    })
    await sql(`insert into plugin_fixture_database.visits (page) values ('/kept')`)
    await uninstallPlugin({ kernel, id: 'fixture_database', purge: false, by })
    assert.equal((await kernel.find('fixture_database')).status, 'discovered')

    await installed(kernel, 'fixture_database')
    assert.deepEqual((await kernel.find('fixture_database')).row?.settings, SETTINGS)
    assert.lengthOf(await sql('select 1 from plugin_fixture_database.visits'), 1)
    assert.lengthOf(
      await sql(`select 1 from plugin_secrets where plugin_id = 'fixture_database'`),
      1
    )
  })

  test('purges and proves that nothing is left', async ({ assert }) => {
    await installed(kernel, 'fixture_database')
    await saveSettings({
      kernel,
      id: 'fixture_database',
      settings: SETTINGS,
      secrets: { token: 'right' },
      by,
    })
    assert.includeMembers(
      [...(await leftOvers('fixture_database'))],
      ['plugins', 'plugin_secrets', 'plugin_storage', 'schema or role']
    )
    await uninstallPlugin({ kernel, id: 'fixture_database', purge: true, by })
    assert.deepEqual(await leftOvers('fixture_database'), [])
    assert.lengthOf(
      await sql(`select 1 from pg_namespace where nspname = 'plugin_fixture_database'`),
      0
    )
  })

  test('refuses to uninstall what is enabled, and what has open work', async ({ assert }) => {
    await enabled(kernel, 'fixture_media')
    const uninstall = () =>
      errorOf(uninstallPlugin({ kernel, id: 'fixture_media', purge: true, by }))
    assert.equal((await uninstall()).code, 'E_PLUGIN_TRANSITION')
    await disablePlugin({ kernel, id: 'fixture_media', by })
    kernel.offer({ hasOpenWork: async (id) => id === 'fixture_media' })
    assert.equal((await uninstall()).code, 'E_PLUGIN_OPEN_WORK')
    assert.equal((await kernel.find('fixture_media')).status, 'disabled')
  })

  test('does one verb at a time on a plugin', async ({ assert }) => {
    const outcomes = await Promise.allSettled([
      installed(kernel, 'fixture_database'),
      installed(kernel, 'fixture_database'),
    ])
    assert.sameMembers(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'rejected']
    )
    assert.equal((await kernel.find('fixture_database')).status, 'disabled')
  })

  test('upgrades: new code, new migration, the hook, consent for what is new', async ({
    assert,
  }) => {
    const at = await copyOf('fixture_database', 'evolving')
    try {
      kernel.addFolder(at.folder)
      await installPlugin({ kernel, id: 'evolving', granted: 'all', by })
      await saveSettings({ kernel, id: 'evolving', settings: SETTINGS, by })
      await enablePlugin({ kernel, id: 'evolving', by })
      assert.equal((await kernel.find('evolving')).status, 'enabled')

      await writeFile(
        join(at.plugin, 'database/migrations/002_when.ts'),
        `import { BaseSchema } from '@adonisjs/lucid/schema'\nexport default class extends BaseSchema { async up() { this.schema.alterTable('visits', (t) => { t.timestamp('at') }) } async down() { this.schema.alterTable('visits', (t) => { t.dropColumn('at') }) } }\n`
      )
      await at.edit('package.json', (text) =>
        text
          .replace('"version": "1.0.0"', '"version": "1.1.0"')
          .replace('"database": {}', '"tcp": {}, "database": {}')
      )
      await at.edit('plugin.ts', (text) =>
        text
          .replace(`'database', `, `'database', 'tcp', `)
          .replace('Les pages visitées.', 'Version suivante.')
      )
      await kernel.refresh()
      assert.equal((await kernel.find('evolving')).status, 'upgrading')
      assert.include(kernel.heldFlags(), 'plugin:evolving')

      assert.equal(
        (await errorOf(upgradePlugin({ kernel, id: 'evolving', granted: 'before', by }))).code,
        'E_PLUGIN_CONSENT'
      )
      assert.lengthOf(await upgradePlugin({ kernel, id: 'evolving', granted: 'all', by }), 1)
      assert.equal((await kernel.find('evolving')).status, 'enabled')
      assert.deepEqual(
        await sql(
          `select value from plugin_storage where plugin_id = 'evolving' and key = 'upgraded_from'`
        ),
        [{ value: '1.0.0' }]
      )
      const [block] = await kernel.calls.call('evolving', 'pages.visits', { query: {} })
      assert.equal(block?.type === 'text' ? block.text.fr : '', 'Version suivante.')
    } finally {
      await at.remove()
      const { dropPluginSchema } = await import('#core/plugins/lifecycle/plugin_schema')
      await dropPluginSchema({ pluginId: 'evolving' })
      await sql(`delete from plugins where id = 'evolving'`)
    }
  })

  test('shows a plugin whose files are gone as missing, and lets it be purged', async ({
    assert,
  }) => {
    const at = await copyOf('fixture_media', 'leaving')
    kernel.addFolder(at.folder)
    await at.edit('plugin.ts', (text) => text.replaceAll('fixture_media', 'leaving'))
    await installPlugin({ kernel, id: 'leaving', granted: 'all', by })
    await at.remove()
    assert.equal((await kernel.find('leaving')).status, 'missing')
    await uninstallPlugin({ kernel, id: 'leaving', purge: true, by })
    assert.deepEqual(await leftOvers('leaving'), [])
  })
})

test.group('Database of a plugin', (group) => {
  let kernel: PluginKernel
  group.each.setup(async () => {
    await forgetPlugins()
    kernel = await testKernel()
    await enabled(kernel, 'fixture_database')
    return async () => {
      await kernel.shutdown()
      await forgetPlugins()
    }
  })
  const query = (text: string, values?: unknown[]) =>
    probe(kernel, { sql: text, values: JSON.stringify(values ?? []) })

  test('reads and writes its own tables', async ({ assert }) => {
    await query('insert into visits (page) values ($1)', ['/a'])
    assert.deepEqual(await query('select page from visits'), [{ page: '/a' }])
  })

  test('cannot reach the core: {$self}')
    .with([
      'select * from public.plugins',
      'select * from public.plugin_secrets',
      'select * from public.contacts',
      'set role griot',
      'reset role; select * from public.plugins',
      `do $$ begin execute 'reset role'; perform 1 from public.plugins; end $$`,
      `do $$ begin execute 'set role griot'; perform 1 from public.plugins; end $$`,
      `select public.ledger_post('k', 'topup', '[]'::jsonb)`,
      'create table public.mine (id int)',
      'create schema other',
      'alter role current_user createrole',
    ])
    .run(async ({ assert }, text) => {
      const error = await errorOf(query(text))
      assert.equal(error.code, 'E_PLUGIN_DATABASE')
      assert.match(error.message, /permission denied|must be|cannot insert multiple commands/)
    })

  test('cannot keep a changed search path or time limit for the next statement', async ({
    assert,
  }) => {
    await query('set statement_timeout = 0')
    await query('set search_path = public')
    assert.deepEqual(
      await query(
        `select current_setting('statement_timeout') as t, current_setting('search_path') as p`
      ),
      [{ t: '15s', p: 'plugin_fixture_database' }]
    )
  })

  test('cannot log in with the password of another plugin', async ({ assert }) => {
    const { roleAddress } = await import('#core/plugins/lifecycle/plugin_schema')
    const url = await roleAddress({
      pluginId: 'fixture_database',
      databaseUrl: databaseUrl(),
      key: 'another key of thirty-two characters',
    })
    const client = new pg.Client({ connectionString: url })
    assert.match((await errorOf(client.connect())).message, /password authentication failed/)
  })
})

async function copyOf(id: string, as: string) {
  await mkdir(join(fixtures, '../../../var'), { recursive: true })
  const folder = await mkdtemp(join(fixtures, '../../../var/plugins-'))
  const plugin = join(folder, as)
  await cp(join(fixtures, id), plugin, { recursive: true })
  const edit = async (file: string, change: (text: string) => string) =>
    writeFile(join(plugin, file), change(await readFile(join(plugin, file), 'utf8')))
  await edit('package.json', (text) => text.replaceAll(id, as))
  await edit('plugin.ts', (text) => text.replace(`id: '${id}'`, `id: '${as}'`))
  return { folder, plugin, edit, remove: () => rm(folder, { recursive: true, force: true }) }
}

async function until(ready: () => boolean) {
  for (let waited = 0; waited < 5_000 && !ready(); waited += 20)
    await new Promise((resolve) => setTimeout(resolve, 20))
}
