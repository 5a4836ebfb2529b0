import { test } from '@japa/runner'
import { randomUUID } from 'node:crypto'
import { SYSTEM } from '#core/database/actor'
import { sql } from '#core/database/sql'
import StaffMember from '#core/identity/models/staff_member'
import { enablePlugin } from '#core/plugins/lifecycle/enable_plugin'
import { installPlugin } from '#core/plugins/lifecycle/install_plugin'
import { uninstallPlugin } from '#core/plugins/lifecycle/uninstall_plugin'
import pluginKernel from '#core/plugins/main'
import { fixtures, forgetPlugins } from '#tests/fixtures/plugins/test_kernel'

const staff = (role: 'admin' | 'support') =>
  StaffMember.create({
    id: randomUUID(),
    email: `${randomUUID()}@griot.test`,
    password: 'a long password',
    fullName: 'Awa Koné',
    locale: 'fr',
    role,
  })

test.group('Plugins in the admin', (group) => {
  let admin: StaffMember
  group.setup(async () => {
    pluginKernel.addFolder(fixtures)
    admin = await staff('admin')
  })
  group.each.setup(async () => {
    await forgetPlugins()
    await pluginKernel.refresh()
    return async () => {
      await forgetPlugins()
      await pluginKernel.refresh()
    }
  })

  test('lists every plugin with its status, the broken ones too', async ({ client }) => {
    const page = await client.get('/admin/plugins').withGuard('admin').loginAs(admin)
    page.assertStatus(200)
    page.assertTextIncludes('Messages d’essai')
    page.assertTextIncludes('bad_manifest_extra_key')
  })

  test('shows what a plugin may do before it is installed, and installs it', async ({
    client,
    assert,
  }) => {
    const confirm = await client
      .get('/admin/plugins/fixture_database/install')
      .withGuard('admin')
      .loginAs(admin)
    confirm.assertStatus(200)
    confirm.assertTextIncludes('Elle peut tenir ses propres tables')
    confirm.assertTextIncludes('locale')

    const installed = await client
      .post('/admin/plugins/fixture_database/install')
      .withGuard('admin')
      .loginAs(admin)
      .withCsrfToken()
      .redirects(0)
    installed.assertStatus(302)
    assert.equal((await pluginKernel.find('fixture_database')).status, 'disabled')
  })

  test('saves settings and a secret, keeps the secret out of the page, and says what is wrong with bad ones', async ({
    client,
    assert,
  }) => {
    await installPlugin({
      kernel: pluginKernel,
      id: 'fixture_database',
      granted: 'all',
      by: SYSTEM,
    })
    const save = (form: Record<string, string>) =>
      client
        .post('/admin/plugins/fixture_database/settings')
        .withGuard('admin')
        .loginAs(admin)
        .withCsrfToken()
        .header('referer', '/admin/plugins/fixture_database')
        .form(form)

    const refused = await save({ 'settings[endpoint]': 'nothing', 'settings[limit]': '500' })
    refused.assertTextIncludes('settings-limit')
    const saved = await save({
      'settings[endpoint]': 'https://example.com',
      'settings[limit]': '5',
      'secrets[token]': 'canary-55',
    })
    saved.assertTextIncludes('sont enregistrés')
    saved.assertTextIncludes('https://example.com')
    assert.notInclude(saved.text(), 'canary-55')
    assert.deepEqual((await pluginKernel.find('fixture_database')).row?.settings, {
      endpoint: 'https://example.com',
      limit: 5,
    })

    const checked = await save({
      'settings[endpoint]': 'https://example.org',
      'settings[limit]': '5',
      'secrets[token]': 'wrong',
    })
    checked.assertTextIncludes('Le service refuse le jeton.')
    assert.deepEqual((await pluginKernel.find('fixture_database')).row?.settings, {
      endpoint: 'https://example.com',
      limit: 5,
    })
  })

  test('enables, shows a page of the plugin, disables and erases it', async ({
    client,
    assert,
  }) => {
    await installPlugin({
      kernel: pluginKernel,
      id: 'fixture_database',
      granted: 'all',
      by: SYSTEM,
    })
    await sql(
      `update plugins set settings = '{"endpoint":"https://example.com","limit":5}' where id = 'fixture_database'`
    )
    const act = (verb: string, form: Record<string, string> = {}) =>
      client
        .post(`/admin/plugins/fixture_database/${verb}`)
        .withGuard('admin')
        .loginAs(admin)
        .withCsrfToken()
        .redirects(0)
        .form(form)
    await act('enable')
    assert.equal((await pluginKernel.find('fixture_database')).status, 'enabled')
    const page = await client
      .get('/admin/plugins/fixture_database/pages/visits')
      .withGuard('admin')
      .loginAs(admin)
    page.assertTextIncludes('Les pages visitées.')
    page.assertTextIncludes('Aucune visite.')
    await act('disable')
    assert.equal((await pluginKernel.find('fixture_database')).status, 'disabled')
    await act('uninstall', { purge: '1' })
    assert.isNull((await pluginKernel.find('fixture_database')).row)
  })

  test('shows why a plugin is in quarantine, in English too', async ({ client }) => {
    await sql(
      `insert into plugins (id, version, desired) values ('throws_on_import', '1.0.0', 'enabled')`
    )
    await pluginKernel.refresh()
    const page = await client
      .get('/admin/plugins/throws_on_import')
      .withGuard('admin')
      .loginAs(admin)
    page.assertStatus(200)
    page.assertTextIncludes('En quarantaine')
    page.assertTextIncludes('E_PLUGIN_IMPORT')
    const english = await client
      .get('/admin/plugins/throws_on_import')
      .withGuard('admin')
      .loginAs(admin)
      .header('accept-language', 'en')
    english.assertTextIncludes('E_PLUGIN_IMPORT')
  })

  test('shows the settings of every bundled plugin as a form', async ({ client, assert }) => {
    for (const plugin of await pluginKernel.survey()) {
      if (!plugin.found?.bundled) continue
      const before = plugin.row
      if (!before)
        await installPlugin({ kernel: pluginKernel, id: plugin.id, granted: 'all', by: SYSTEM })
      const page = await client.get(`/admin/plugins/${plugin.id}`).withGuard('admin').loginAs(admin)
      if (!before)
        await uninstallPlugin({ kernel: pluginKernel, id: plugin.id, purge: true, by: SYSTEM })
      assert.equal(page.status(), 200, plugin.id)
      assert.include(page.text(), `/admin/plugins/${plugin.id}/settings`)
    }
  })

  test('lets support look and not touch', async ({ client, assert }) => {
    const support = await staff('support')
    const page = await client
      .get('/admin/plugins/fixture_media')
      .withGuard('admin')
      .loginAs(support)
    page.assertStatus(200)
    assert.notInclude(page.text(), '/admin/plugins/fixture_media/install')
    const refused = await client
      .post('/admin/plugins/fixture_media/install')
      .withGuard('admin')
      .loginAs(support)
      .withCsrfToken()
      .header('accept', 'application/json')
      .redirects(0)
    refused.assertStatus(403)
    assert.equal((await pluginKernel.find('fixture_media')).status, 'discovered')
  })

  test('receives webhooks before sessions and CSRF', async ({ client }) => {
    const unknown = await client.post('/hooks/nobody/delivery').json({ a: 1 })
    unknown.assertStatus(404)
    await installPlugin({
      kernel: pluginKernel,
      id: 'fixture_messaging',
      granted: 'all',
      by: SYSTEM,
    })
    await enablePlugin({ kernel: pluginKernel, id: 'fixture_messaging', by: SYSTEM })
    const refused = await client.post('/hooks/fixture_messaging/delivery').json([{ a: 1 }])
    refused.assertStatus(401)
    refused.assertTextIncludes('refused')
    const big = await client
      .post('/hooks/fixture_messaging/delivery')
      .json({ a: 'x'.repeat(1_100_000) })
    big.assertStatus(413)
  })
})
