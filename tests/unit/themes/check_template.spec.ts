import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from '@japa/runner'
import { Edge } from 'edge.js'
import { HELPER_NAMES, pick } from '#core/http/pages/view_helpers'
import { checkTemplate } from '#core/themes/check_template'
import { ThemeEngine, type Helper } from '#core/themes/theme_engine'
import type { Theme } from '#core/themes/theme'
import { FRIENDLY, HOSTILE } from './hostile_templates.js'

const tags = Edge.create().tags

const MODEL = {
  user: { name: 'Ann', age: 4, bio: '<b>x</b>' },
  items: [{ title: 'a' }, { title: 'b' }],
  settings: { path: '/etc/passwd' },
  x: { a: 1 },
  y: 'a',
}

const helpers: Record<string, Helper> = {
  csrf: () => '',
  url: (path: string) => path,
  uploadTo: (path: string) => `${path}?_csrf=t`,
  json: (value: unknown) => JSON.stringify(value),
  attrs: () => '',
  t: (key: string) => key,
  money: (amount: number) => `${amount} F`,
  pick,
}

const named = (source: string) => JSON.stringify(source).slice(0, 200)

test.group('Syntax gate', () => {
  for (const source of HOSTILE) {
    test(`refuses ${named(source)}`, ({ assert }) => {
      const { issues } = checkTemplate({ source, name: 'hostile', tags, helpers: HELPER_NAMES })
      assert.isNotEmpty(issues)
      assert.match(issues[0].code, /^TH-[A-Z-]+$/)
    })
  }

  for (const [source] of FRIENDLY) {
    test(`accepts ${named(source)}`, ({ assert }) => {
      const { issues } = checkTemplate({ source, name: 'friendly', tags, helpers: HELPER_NAMES })
      assert.isEmpty(issues)
    })
  }

  test('names the line of what it refuses', ({ assert }) => {
    const source = '<p>\n{{ user.name }}\n{{ process.env }}\n</p>'
    const { issues } = checkTemplate({ source, name: 'page', tags, helpers: HELPER_NAMES })
    assert.deepEqual(issues, [{ code: 'TH-GLOBAL', detail: 'process', line: 3 }])
  })

  test('names the line of markup that it refuses, below expressions, comments and branches', ({
    assert,
  }) => {
    const source = [
      '<p class="{{ user.name }}">',
      '{{-- a',
      'b --}}',
      '@if(user)',
      '  {{ user.age }} <iframe src="/a"></iframe>',
      '@end',
      '<a',
      '  href="javascript:x()">a</a>',
      '<form method="post" action="/signin">',
      '</form>',
    ].join('\r\n')
    const { issues } = checkTemplate({ source, name: 'page', tags, helpers: HELPER_NAMES })
    assert.deepEqual(
      issues.map(({ code, line }) => `${code} ${line}`),
      ['TH-ELEMENT 5', 'TH-ATTRIBUTE 8', 'TH-FORM 9']
    )
  })

  test('takes no longer for long markup than its length asks', ({ assert }) => {
    const long = '<p title="a">\n'.repeat(6_000) + '<!-- - -\n'.repeat(6_000) + '-->'
    const begun = performance.now()
    checkTemplate({ source: long, name: 'page', tags, helpers: HELPER_NAMES })
    checkTemplate({
      source: '<form method="post">{{ x.a }}\n'.repeat(5_000),
      name: 'page',
      tags,
      helpers: HELPER_NAMES,
    })
    assert.isBelow(performance.now() - begun, 2_000)
  })
})

test.group('Theme engine', (group) => {
  let root: string

  group.each.setup(async () => {
    root = await mkdtemp(join(tmpdir(), 'griot-themes-'))
    return () => rm(root, { recursive: true })
  })

  /** Writes the templates of a theme and gives the theme */
  async function theme(id: string, templates: Record<string, string>): Promise<Theme> {
    const directory = join(root, id)
    await mkdir(join(directory, 'templates'), { recursive: true })
    for (const [name, source] of Object.entries(templates)) {
      const file = join(directory, 'templates', `${name}.edge`)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, source)
    }
    return { directory, manifest: { id } as Theme['manifest'], bundled: false }
  }

  async function engine(chain: Theme[], onFailure?: () => void) {
    const views = join(root, 'views')
    await mkdir(join(views, 'components'), { recursive: true })
    await mkdir(join(views, 'admin'), { recursive: true })
    await writeFile(
      join(views, 'components/wrap.edge'),
      '<b>{{ title }}</b>{{{ await $slots.main() }}}'
    )
    await writeFile(join(views, 'admin/secret.edge'), 'secret')
    return new ThemeEngine({ chain, views, helpers: HELPER_NAMES, cache: true, onFailure })
  }

  const show = async (found: ThemeEngine, name: string, model: object = MODEL) =>
    (await found.render(name, model, { page: {}, helpers })).trim()

  for (const source of HOSTILE) {
    test(`renders nothing of ${named(source)}`, async ({ assert }) => {
      const found = await engine([await theme('base', { page: source })])
      await assert.rejects(() => show(found, 'page'))
    })
  }

  for (const [source, shown] of FRIENDLY) {
    test(`renders ${named(source)}`, async ({ assert }) => {
      const base = await theme('base', { page: source, part: 'part of {{ user.name }}' })
      const text = await show(await engine([base]), 'page')
      assert.equal(text.replace(/\n\s*/g, '\n'), shown)
    })
  }

  test("shows the child's template before its parent's", async ({ assert }) => {
    const base = await theme('base', { page: `@include('head')\nbase`, head: 'base head' })
    const child = await theme('child', { head: 'child head' })
    assert.equal(await show(await engine([child, base]), 'page'), 'child head\nbase')
  })

  test("shows the parent's page when the child's fails", async ({ assert }) => {
    let failures = 0
    const base = await theme('base', { page: 'base page' })
    const child = await theme('child', { page: '{{ process.env.HOME }}' })
    const found = await engine([child, base], () => failures++)
    assert.equal(await show(found, 'page'), 'base page')
    assert.equal(failures, 1)
  })

  test('refuses templates that include each other', async ({ assert }) => {
    const base = await theme('base', { a: `@include('b')\n`, b: `@component('a')\n@end` })
    const found = await engine([base])
    await assert.rejects(() => show(found, 'a'), /include each other in a circle: a → b → a/)
  })

  test('reads nothing of the kernel but components', async ({ assert }) => {
    const base = await theme('base', { page: `@include('admin/secret')\n` })
    const found = await engine([base])
    await assert.rejects(() => show(found, 'page'), /No template "admin\/secret"/)
  })

  test('refuses a link that leads out of the theme', async ({ assert }) => {
    const base = await theme('base', { page: `@include('leak')\n` })
    await writeFile(join(root, 'outside.edge'), 'outside')
    await symlink(join(root, 'outside.edge'), join(base.directory, 'templates/leak.edge'))
    const found = await engine([base])
    await assert.rejects(() => show(found, 'page'), /leads out of the theme/)
  })

  test('stops a page that loops too much', async ({ assert }) => {
    const list = Array.from({ length: 1000 }, (_, index) => index)
    const source = '@each(a in list)\n@each(b in list)\n.\n@end\n@end'
    const found = await engine([await theme('base', { page: source })])
    await assert.rejects(() => show(found, 'page', { list }), /number of loops went past 100000/)
  })

  test('stops a page that grows too long', async ({ assert }) => {
    const list = Array.from({ length: 100 }, (_, index) => index)
    const source = '@each(a in list)\n{{ text }}\n@end'
    const found = await engine([await theme('base', { page: source })])
    const model = { list, text: 'x'.repeat(100_000) }
    await assert.rejects(() => show(found, 'page', model), /its length went past 3000000/)
  })

  for (const [kind, value] of [
    ['a function', () => 1],
    ['a class instance', new (class Model {})()],
    ['a Map', new Map()],
    ['a symbol', Symbol('x')],
  ] as const) {
    test(`refuses ${kind} in the model`, async ({ assert }) => {
      const found = await engine([await theme('base', { page: 'x' })])
      await assert.rejects(
        () => show(found, 'page', { deep: [{ value }] }),
        /model\.deep\[0\]\.value/
      )
    })
  }

  const doubled = (line: (n: number) => string) =>
    Array.from({ length: 28 }, (_, n) => `@let(a${n + 1} = ${line(n)})`).join('\n')
  for (const [what, source] of [
    [
      'lists doubled by let',
      `@let(a0 = [x, x])\n${doubled((n) => `[a${n}, a${n}]`)}\n{{ a28.join('') }}`,
    ],
    [
      'lists doubled and told as JSON',
      `@let(a0 = [x, x])\n${doubled((n) => `[a${n}, a${n}]`)}\n{{ json(a28) }}`,
    ],
    ['text doubled by let', `@let(a0 = 'xxxxxxxx')\n${doubled((n) => `a${n} + a${n}`)}\n{{ a28 }}`],
    [
      'spreads in spreads',
      `@let(a0 = [x])\n${doubled((n) => `[[...a${n}], [...a${n}]]`)}\n{{ a28.join('') }}`,
    ],
    [
      'objects in objects',
      `@let(a0 = x)\n${doubled((n) => `{ p: a${n}, q: a${n} }`)}\n{{ json(a28) }}`,
    ],
  ] as const)
    test(`stops ${what} at once`, async ({ assert }) => {
      const found = await engine([await theme('base', { page: source })])
      const begun = performance.now()
      await assert.rejects(() => show(found, 'page'), /The page was stopped/)
      assert.isBelow(performance.now() - begun, 500)
    })

  test('stops lists that components hand on doubled', async ({ assert }) => {
    const parts = Object.fromEntries(
      Array.from({ length: 28 }, (_, n) => [
        `p${n}`,
        n === 27 ? '{{ v.join() }}' : `@component('p${n + 1}', { v: [v, v] })\n@end`,
      ])
    )
    const found = await engine([
      await theme('base', { ...parts, page: `@component('p0', { v: [items, items] })\n@end` }),
    ])
    await assert.rejects(() => show(found, 'page'), /The page was stopped/)
  })

  test('prints scalars alone, and lets a bundled theme look through a list in a loop', async ({
    assert,
  }) => {
    for (const source of ['{{ items }}', '{{ user }}', '{{ items.at }}'])
      await assert.rejects(
        async () => show(await engine([await theme('base', { page: source })]), 'page'),
        /Print its parts/
      )
    const page = `{{ items.map((i) => ['a'].includes(i.title)).join(' ') }}`
    const bundled = { ...(await theme('base', { page })), bundled: true }
    assert.equal(await show(await engine([bundled]), 'page'), 'true false')
  })

  test('leaves the model as it was', async ({ assert }) => {
    const model = { items: [{ title: 'a' }] }
    const found = await engine([
      await theme('base', { page: "{{ items.map((i) => i.title).join(' ') }}" }),
    ])
    await show(found, 'page', model)
    assert.deepEqual(model, { items: [{ title: 'a' }] })
    assert.isFalse(Object.isFrozen(model.items))
  })
})
