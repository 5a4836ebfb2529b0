import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import app from '@adonisjs/core/services/app'
import logger from '@adonisjs/core/services/logger'
import { test } from '@japa/runner'
import { pageEngine, usePageEngine } from '#core/http/pages/page_engine'
import { themeAssetFile } from '#core/themes/theme_assets'
import { ThemeRegistry } from '#core/themes/theme_registry'
import type { ThemeSettingsStore } from '#core/themes/theme_settings_store'
import { ThemedPages } from '#core/themes/themed_pages'

const MANIFEST = {
  id: 'stranger',
  title: { fr: 'Étrange', en: 'Stranger' },
  version: '1.0.0',
  themeApi: 1,
  engines: { griot: '>=0.1.0' },
  css: ['look.css'],
  locales: { default: 'fr', available: ['fr', 'en'] },
}
const FILES = {
  'theme.json': JSON.stringify(MANIFEST),
  'locales/fr.json': '{}',
  'locales/en.json': '{}',
  'assets/look.css': 'body{background:red}',
  'assets/steal.js': 'fetch("//evil.example")',
  'templates/layouts/auth.edge':
    '<p>STRANGER</p>{{ page.theme.head }}<form method="post" action="/x">{{ csrf() }}</form>{{{ await $slots.main() }}}',
  'templates/auth/admin_signin.edge': 'STRANGER',
  'templates/admin/signin.edge': 'STRANGER',
  'templates/errors/show.edge': '<p>STRANGER</p><script>1</script>',
}

test.group('Staff pages beside the theme of a stranger', (group) => {
  let registry: ThemeRegistry
  group.setup(async () => {
    const root = await mkdtemp(join(tmpdir(), 'griot-stranger-'))
    for (const [name, text] of Object.entries(FILES)) {
      const file = join(root, 'stranger', name)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, text)
    }
    const base = await ThemeRegistry.discover(app.makePath('themes'), ['base'])
    const own = await ThemeRegistry.discover(root)
    assertUsable(own)
    registry = new ThemeRegistry([...base.all(), ...own.all()])
    const before = pageEngine()
    usePageEngine(
      new ThemedPages({
        registry,
        store: {
          activeTheme: async () => 'stranger',
          read: async () => ({}),
        } as unknown as ThemeSettingsStore,
        views: app.viewsPath(),
        cache: false,
        logger,
      })
    )
    return () => {
      if (before) usePageEngine(before)
    }
  })

  test('take neither its templates nor its assets, sign-in and errors too', async ({
    client,
    assert,
  }) => {
    const clients = await client.get('/signin')
    clients.assertTextIncludes('STRANGER')
    clients.assertTextIncludes('/theme-assets/stranger/look.css')
    for (const path of ['/admin/signin', '/admin/nothing-there']) {
      const page = await client.get(path)
      assert.notInclude(page.text(), 'STRANGER', path)
      assert.notInclude(page.text(), 'theme-assets', path)
    }
  })

  test('and every page has the policy: one of its scripts is refused, on an error too', async ({
    client,
    assert,
  }) => {
    for (const path of ['/nothing-there', '/admin/nothing-there', '/signin']) {
      const page = await client.get(path)
      assert.match(page.header('content-security-policy') ?? '', /script-src[^;]*'nonce-/)
      assert.notInclude(page.text(), '<script>1</script>', path)
    }
  })

  test('and so has the page of an error that nobody foresaw', async ({ client, assert }) => {
    const themed = pageEngine()
    if (!themed) throw new Error('no pages')
    usePageEngine({
      theme: (o) => themed.theme(o),
      render: async (o) => {
        if (!o.template.startsWith('errors/')) throw new Error('nobody foresaw this')
        return themed.render(o)
      },
    })
    try {
      const page = await client.get('/signin')
      page.assertStatus(500)
      assert.match(page.header('content-security-policy') ?? '', /script-src[^;]*'nonce-/)
    } finally {
      usePageEngine(themed)
    }
  })

  test('and its scripts are no files, unless the operator bundled it', ({ assert }) => {
    const stranger = registry.get('stranger')
    assert.isNull(themeAssetFile(stranger, 'steal.js'))
    assert.isNotNull(themeAssetFile(stranger, 'look.css'))
    assert.isNotNull(themeAssetFile({ ...stranger, bundled: true }, 'steal.js'))
  })
})

function assertUsable(found: ThemeRegistry): void {
  const [refused] = found.refused
  if (refused) throw refused.cause
}
