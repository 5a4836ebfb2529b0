import { test } from '@japa/runner'
import { createRequire } from 'node:module'
import { cruise } from 'dependency-cruiser'

const config = createRequire(import.meta.url)('../../../.dependency-cruiser.cjs') as {
  forbidden: object[]
  options: object
}

/** Names of the rules that a folder breaks */
async function broken(folder: string): Promise<string[]> {
  const { output } = await cruise([`tests/fixtures/imports/${folder}`], {
    ...config.options,
    validate: true,
    ruleSet: { forbidden: config.forbidden },
  } as never)
  if (typeof output === 'string') throw new Error(output)
  return [...new Set(output.summary.violations.map((violation) => violation.rule.name))].sort()
}

test.group('Import rules refuse', () => {
  test('a domain that imports one below it', async ({ assert }) =>
    assert.deepEqual(await broken('upward'), ['ledger-imports-upward-only']))
  test('core that imports a plugin', async ({ assert }) =>
    assert.deepEqual(await broken('plugin_in_core'), ['core-imports-no-plugin']))
  test('a plugin that imports core', async ({ assert }) =>
    assert.deepEqual(await broken('core_in_plugin'), ['plugins-import-the-sdk-alone']))
  test('a plugin that imports another', async ({ assert }) =>
    assert.deepEqual(await broken('between_plugins'), ['plugins-do-not-import-each-other']))
  test('core that imports the wiring', async ({ assert }) =>
    assert.deepEqual(await broken('wiring'), ['core-imports-no-wiring']))
  test('a circle of imports', async ({ assert }) =>
    assert.deepEqual(await broken('circle'), ['no-circle']))
})
