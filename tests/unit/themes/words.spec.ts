import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from '@japa/runner'
import { ADMIN_NAV, PORTAL_NAV } from '#core/http/pages/navigation'
import { KNOWN_STATES } from '#core/http/pages/state_look'

const ROOT = new URL('../../../', import.meta.url).pathname
const FILES = [
  'resources/lang/{l}/ui.json',
  'resources/lang/{l}/campaigns.json',
  'resources/lang/{l}/errors.json',
  'resources/lang/{l}/themes.json',
  'themes/base/locales/{l}.json',
]

/** Dotted keys of a language, with their words; the theme's own begin with `theme.` */
function wordsOf(locale: string): Map<string, string> {
  const words = new Map<string, string>()
  for (const pattern of FILES) {
    const file = pattern.replace('{l}', locale)
    const prefix = file.startsWith('themes/')
      ? 'theme'
      : file.split('/').at(-1)?.replace('.json', '')
    collect(JSON.parse(readFileSync(join(ROOT, file), 'utf8')), String(prefix))
  }
  return words

  function collect(value: unknown, key: string): void {
    if (typeof value === 'string') return void words.set(key, value)
    for (const [name, child] of Object.entries(value as object)) collect(child, `${key}.${name}`)
  }
}

const fr = wordsOf('fr')
const en = wordsOf('en')

test.group('Words', () => {
  test('stand in French and in English', ({ assert }) => {
    assert.deepEqual([...fr.keys()].sort(), [...en.keys()].sort())
  })

  test('exist for every state and entry of the navigation', ({ assert }) => {
    const keys = [
      ...KNOWN_STATES.map((state) => `ui.states.${state}`),
      ...[...PORTAL_NAV, ...ADMIN_NAV].map(({ label }) => label),
    ]
    assert.deepEqual(
      keys.filter((key) => !fr.has(key)),
      []
    )
  })

  test('exist for every key that shared templates name', ({ assert }) => {
    const files = globSync(
      [
        'resources/views/components/*.edge',
        'resources/views/admin/layout.edge',
        'themes/base/templates/{home,services}.edge',
        'themes/base/templates/{layouts,errors}/*.edge',
      ],
      { cwd: ROOT }
    )
    const named = files.flatMap((file) =>
      [...readFileSync(join(ROOT, file), 'utf8').matchAll(/\bt\('([\w.]+)'[,)]/g)].map(
        ([, key]) => key
      )
    )
    assert.isAbove(named.length, 50)
    assert.deepEqual(
      named.filter((key) => !fr.has(key)),
      []
    )
  })

  test('follow French typography', ({ assert }) => {
    const bad = [...fr].filter(([, text]) =>
      /'|\w [:;!?%»]|« |\bOups\b|\bOK\b|XOF|bounce/.test(text)
    )
    assert.deepEqual(bad, [])
  })
})
