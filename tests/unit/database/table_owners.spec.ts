import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { test } from '@japa/runner'
import { FUNCTION_OWNERS, TABLE_OWNERS } from '#database/owners'
import { sqlReferences, sqlReferencesOfSource, type Reference } from '#tests/sql_references'

const ROOT = new URL('../../../', import.meta.url)
const DOMAINS = createRequire(import.meta.url)('../../../core/domains.cjs') as readonly string[]
const names = {
  tables: new Set(Object.keys(TABLE_OWNERS)),
  functions: new Set(Object.keys(FUNCTION_OWNERS)),
}

/** What a domain does that it may not, in words */
function refusals(
  domain: string,
  where: string,
  references: readonly Reference[],
  own: ReadonlySet<string> = new Set()
): string[] {
  const place = (name: string) => DOMAINS.indexOf(name)
  return references.flatMap(({ name, how, line }) => {
    if (own.has(name)) return []
    const owner = how === 'call' ? FUNCTION_OWNERS[name] : TABLE_OWNERS[name]
    if (owner === domain) return []
    if (how === 'write') return [`${where}:${line} writes ${name}, which is ${owner}'s`]
    return place(owner) < place(domain)
      ? []
      : [`${where}:${line} ${how}s ${name} of ${owner}, which stands below ${domain}`]
  })
}

function files(folder: string, ending: string): string[] {
  return readdirSync(new URL(folder, ROOT), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => `${folder}${file}`)
}

test.group('Tables have one owner', () => {
  test('and no statement of the code writes another’s, or reads upward', ({ assert }) => {
    const found = files('core/', '.ts').flatMap((file) =>
      refusals(
        file.split('/')[1],
        file,
        sqlReferencesOfSource(readFileSync(new URL(file, ROOT), 'utf8'), { ...names, file })
      )
    )
    assert.deepEqual(found, [])
  })

  test('and no function’s body does', ({ assert }) => {
    const found = files('database/functions/', '.sql').flatMap((file) => {
      const name = file.slice('database/functions/'.length, -'.sql'.length)
      const text = readFileSync(new URL(file, ROOT), 'utf8')
      const references = sqlReferences(text, { ...names, line: 1 }).filter(
        (reference) => reference.name !== name
      )
      return refusals(FUNCTION_OWNERS[name], file, references)
    })
    assert.deepEqual(found, [])
  })

  test('and the wiring and plugins speak no SQL of the kernel’s', ({ assert }) => {
    const found = [...files('start/', '.ts'), ...files('plugins/', '.ts')]
      .filter((file) => !file.includes('/tests/') && !file.startsWith('start/main_job/'))
      .flatMap((file) =>
        sqlReferencesOfSource(readFileSync(new URL(file, ROOT), 'utf8'), { ...names, file }).map(
          ({ name, how, line }) => `${file}:${line} ${how}s ${name}`
        )
      )
    assert.deepEqual(found, [])
  })

  test('and the map names all of them', ({ assert }) => {
    const schema = readFileSync(new URL('database/schema.sql', ROOT), 'utf8')
    const made = [...schema.matchAll(/^create (?:table|view) (\w+)/gm)].map((match) => match[1])
    const functions = [...schema.matchAll(/^create function (\w+)/gm)].map((match) => match[1])
    assert.deepEqual(
      made.sort(),
      [...names.tables].filter((name) => name !== 'adonis_schema').sort()
    )
    assert.deepEqual([...new Set(functions)].sort(), [...names.functions].sort())
  })
})

test.group('The reader of SQL finds', () => {
  const find = (text: string) =>
    sqlReferences(text, { ...names, line: 1 }).map(({ name, how }) => `${how} ${name}`)

  test('writes, reads, lists of tables and calls', ({ assert }) => {
    assert.deepEqual(find('insert into deliveries (run_id) values (1)'), ['write deliveries'])
    assert.deepEqual(find('update campaign_runs r set n = 1 from campaigns c'), [
      'write campaign_runs',
      'read campaigns',
    ])
    assert.deepEqual(find('delete from events e using campaign_runs r'), [
      'write events',
      'read campaign_runs',
    ])
    assert.deepEqual(find('select 1 from accounts a, contacts c'), [
      'read accounts',
      'read contacts',
    ])
    assert.deepEqual(find('select capture_cost(1)'), ['call capture_cost'])
    assert.deepEqual(find('/* from deliveries */ select 1 -- from events'), [])
  })

  test('a write to another’s table, and a read upward', ({ assert }) => {
    const wrong = (domain: string, text: string) =>
      refusals(domain, 'x', sqlReferences(text, { ...names, line: 1 }))
    assert.lengthOf(wrong('tracking', 'update deliveries set state = 1'), 1)
    assert.lengthOf(wrong('audience', 'select 1 from deliveries'), 1)
    assert.lengthOf(wrong('delivery', 'select 1 from deliveries'), 0)
    assert.lengthOf(wrong('runs', 'select capture_cost(1)'), 1)
    const source = 'class A { static table = "contacts" }\nconst b = `select ${x} from contacts`'
    assert.deepEqual(
      sqlReferencesOfSource(source, { ...names, file: 'x.ts' }).map((one) => [one.how, one.line]),
      [
        ['write', 1],
        ['read', 2],
      ]
    )
  })
})
