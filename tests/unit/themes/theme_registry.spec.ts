import { test } from '@japa/runner'
import type { Theme } from '#core/themes/theme'
import { ThemeRegistry } from '#core/themes/theme_registry'

const FIXTURES = new URL('../../fixtures/themes/', import.meta.url).pathname

function theme(id: string, parent?: string, range = '^1.0.0'): Theme {
  return {
    directory: `/themes/${id}`,
    bundled: false,
    manifest: {
      id,
      title: { fr: id, en: id },
      version: '1.2.0',
      themeApi: 1,
      engines: { griot: '^1.0.0' },
      locales: { default: 'fr', available: ['fr'] },
      ...(parent ? { extends: { theme: parent, version: range } } : {}),
    },
  }
}

const ids = (chain: readonly Theme[]) => chain.map(({ manifest }) => manifest.id)

test.group('Theme registry', () => {
  test('ends every chain at the base', ({ assert }) => {
    const registry = new ThemeRegistry([theme('base'), theme('aurora')])
    assert.deepEqual(ids(registry.chain('aurora')), ['aurora', 'base'])
    assert.deepEqual(ids(registry.chain('base')), ['base'])
  })

  test('follows a child, its parent and the base', ({ assert }) => {
    const registry = new ThemeRegistry([theme('base'), theme('a'), theme('b', 'a')])
    assert.deepEqual(ids(registry.chain('b')), ['b', 'a', 'base'])
  })

  test('refuses a parent that is not installed', ({ assert }) => {
    const registry = new ThemeRegistry([theme('base'), theme('a', 'gone')])
    assert.throws(() => registry.chain('a'), /"a" extends "gone", which is not installed/)
  })

  test('refuses a parent of another version', ({ assert }) => {
    const registry = new ThemeRegistry([theme('base'), theme('a', 'base', '^2.0.0')])
    assert.throws(() => registry.chain('a'), /"a" needs "base" \^2.0.0, and 1.2.0 is installed/)
  })

  test('refuses themes that extend each other', ({ assert }) => {
    const registry = new ThemeRegistry([theme('base'), theme('a', 'b'), theme('b', 'a')])
    assert.throws(() => registry.chain('a'), /in a circle: a → b → a/)
  })

  test('refuses a fourth generation', ({ assert }) => {
    const registry = new ThemeRegistry([
      theme('base'),
      theme('a'),
      theme('b', 'a'),
      theme('c', 'b'),
    ])
    assert.throws(() => registry.chain('c'), /longer than 3/)
  })

  test('keeps good themes when another is refused, and says why', async ({ assert }) => {
    const registry = await ThemeRegistry.discover(FIXTURES)
    assert.deepEqual(ids(registry.all()), ['good'])
    const reasons = Object.fromEntries(registry.refused.map(({ id, cause }) => [id, cause.message]))
    assert.match(reasons.extra_key, /additional properties/)
    assert.match(reasons.other_id, /"id" is "something" and the folder is "other_id"/)
    assert.match(reasons.bad_default, /the default of "accent" is refused/)
    assert.match(reasons.not_json, /JSON/)
  })
})
