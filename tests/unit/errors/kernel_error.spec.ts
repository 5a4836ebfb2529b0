import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from '@japa/runner'
import { errorKind, KernelError, sentenceOf } from '#core/errors/kernel_error'

const ROOT = new URL('../../../', import.meta.url).pathname

/** Files whose errors never leave their own code, or that stand below the base */
const APART = new Set([
  'core/errors/kernel_error.ts',
  'core/database/errors.ts',
  'core/plugins/conformance/conformance_error.ts',
  'core/content/threads/working_thread.ts',
  'core/delivery/expansion/expand_run.ts',
  'core/tracking/intake/event_buffer.ts',
])

const sources = globSync('core/**/*.ts', { cwd: ROOT }).filter((file) => !/^core\/sdk\//.test(file))
const withKinds = sources.filter(
  (file) => !APART.has(file) && /extends KernelError|errorKind/.test(source(file))
)

function source(file: string) {
  return readFileSync(join(ROOT, file), 'utf8')
}

/** Error classes by the file that exports them */
async function kinds() {
  const found: { file: string; kind: typeof KernelError & { code?: string } }[] = []
  for (const file of withKinds) {
    const exported = (await import(join(ROOT, file))) as Record<string, unknown>
    for (const kind of Object.values(exported))
      if (typeof kind === 'function' && kind.prototype instanceof KernelError)
        found.push({ file, kind: kind as typeof KernelError })
  }
  return found
}

function words(locale: 'fr' | 'en'): Set<string> {
  const keys = new Set<string>()
  for (const file of globSync(`resources/lang/${locale}/*.json`, { cwd: ROOT }))
    collect(JSON.parse(source(file)), file.split('/').at(-1)!.replace('.json', ''))
  return keys

  function collect(value: unknown, key: string): void {
    if (typeof value === 'string') return void keys.add(key)
    for (const [name, child] of Object.entries(value as object)) collect(child, `${key}.${name}`)
  }
}

test.group('The error base', () => {
  test('is the only one of the kernel', ({ assert }) => {
    const others = sources.filter(
      (file) => !APART.has(file) && /extends (Error|Exception)\b|createError\(/.test(source(file))
    )
    assert.deepEqual(others, [])
    assert.isAbove(withKinds.length, 10)
  })

  test('gives each kind a code of its own and a status', async ({ assert }) => {
    const codes = new Map<string, string>()
    for (const { file, kind } of await kinds()) {
      /** A kind of a kind keeps the code of what it is */
      if (Object.getPrototypeOf(kind) !== KernelError && kind.name !== '') continue
      /** The codes of plugins are many, one class bears them */
      if (kind.name === 'PluginError') continue
      assert.match(String(kind.code), /^E_[A-Z_]+$/, `${kind.name} in ${file}`)
      assert.isFalse(codes.has(kind.code!), `${kind.code}: ${file}, ${codes.get(kind.code!)}`)
      assert.isNumber(kind.status, kind.code)
      codes.set(kind.code!, file)
    }
    assert.isAbove(codes.size, 50)
  })

  test('has each of its sentences in both languages', ({ assert }) => {
    const [fr, en] = [words('fr'), words('en')]
    const keys = withKinds.flatMap((file) =>
      [...source(file).matchAll(/key: '([\w.]+)'|key:\s+'([\w.]+)'/g)].map((m) => m[1] ?? m[2])
    )
    assert.isAbove(keys.length, 30)
    for (const key of keys) {
      assert.isTrue(fr.has(key), `fr ${key}`)
      assert.isTrue(en.has(key), `en ${key}`)
    }
    /** A key that ends in a value has sentences below it */
    const families = withKinds.flatMap((file) =>
      [...source(file).matchAll(/key: `([\w.]+)\$\{/g)].map((m) => m[1])
    )
    for (const family of families)
      assert.isTrue(
        [...fr].some((key) => key.startsWith(family)),
        family
      )
  })

  test('keeps code, status, cause and sentence of what was thrown', ({ assert }) => {
    class TakenError extends KernelError {
      static override status = 422
      static override code = 'E_TAKEN'
      override translation = { key: 'taken', data: { name: 'a' } }
      override field = 'name'
    }
    const cause = new Error('below')
    const error = new TakenError('It is taken', { cause })
    assert.deepInclude({ ...error }, { status: 422, code: 'E_TAKEN', field: 'name' })
    assert.equal(error.cause, cause)
    assert.deepEqual(sentenceOf(error), { key: 'taken', data: { name: 'a' } })
    assert.isUndefined(sentenceOf(cause))
    assert.isUndefined(sentenceOf(null))
  })

  test('makes a kind for developers from a sentence with places', ({ assert }) => {
    const E_ICON = errorKind<[name: string]>('There is no icon "%s"', 'E_ICON', 500)
    const error = new E_ICON(['star'])
    assert.instanceOf(error, KernelError)
    assert.equal(error.message, 'There is no icon "star"')
    assert.equal(error.code, 'E_ICON')
    assert.isUndefined(sentenceOf(error))
  })
})
