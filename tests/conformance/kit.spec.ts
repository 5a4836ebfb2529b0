import { test } from '@japa/runner'
import { join } from 'node:path'
import vine from '@vinejs/vine'
import type { Estimate, MessagingChannel } from '@griot/sdk'
import { describePlugin } from '#core/plugins/hosts/description'
import { checkChannels } from '#core/plugins/conformance/check_channels'
import { checkEstimators } from '#core/plugins/conformance/check_estimators'
import { checkManifest, type PluginUnderTest } from '#core/plugins/conformance/check_manifest'
import { checkPurity } from '#core/plugins/conformance/check_purity'
import { checkSchemas } from '#core/plugins/conformance/check_schemas'
import { plainPlugin } from '#tests/fixtures/plugins/_plain/messaging'
import { errorOf, fixtures } from '#tests/fixtures/plugins/test_kernel'

test.group('The conformance kit', () => {
  test('fails {id} with {code}')
    .with([
      { id: 'bad_manifest_extra_key', code: 'C_MANIFEST' },
      { id: 'bad_manifest_any_version', code: 'C_MANIFEST' },
      { id: 'too_new', code: 'C_INCOMPATIBLE' },
      { id: 'throws_on_import', code: 'C_IMPORT' },
      { id: 'hangs_on_import', code: 'C_IMPORT' },
      { id: 'not_a_plugin', code: 'C_IMPORT' },
      { id: 'mismatches_manifest', code: 'C_MISMATCH' },
    ])
    .run(async ({ assert }, { id, code }) => {
      assert.equal((await errorOf(checkManifest(join(fixtures, id)))).code, code)
    })

  test('fails an import that opens a timer, makes a global and writes a file', async ({
    assert,
  }) => {
    const { manifest, folder } = await checkManifest(join(fixtures, 'acts_on_import'))
    const error = await errorOf(checkPurity({ manifest, folder }))
    assert.equal(error.code, 'C_IMPURE')
    for (const deed of [
      'left a Timeout open',
      'made the global actsOnImport',
      'called fs.writeFileSync',
    ])
      assert.include(error.message, deed)
  })

  test('fails an estimator that {name} with {code}')
    .with([
      { name: 'throws', code: 'C_ESTIMATE_SHAPE', figures: null },
      { name: 'counts nobody', code: 'C_ESTIMATE_ZERO', figures: (n: number) => [n, n, n + 1] },
      {
        name: 'falls',
        code: 'C_ESTIMATE_MONOTONE',
        figures: (n: number) => [0, 0, n > 500 ? 5 : n * 2],
      },
      {
        name: 'is out of order',
        code: 'C_ESTIMATE_ORDER',
        figures: (n: number) => [n, n - (n > 0 ? 1 : 0), n],
      },
      { name: 'gives fractions', code: 'C_ESTIMATE_SHAPE', figures: (n: number) => [0, n / 2, n] },
      {
        name: 'rolls dice',
        code: 'C_ESTIMATE_REPEAT',
        figures: (n: number) => [0, 0, n + Math.floor(Math.random() * 1e9)],
      },
      {
        name: 'names no unit of its own',
        code: 'C_ESTIMATE_SHAPE',
        figures: (n: number) => [n, n, n],
        unit: 'other.thing',
      },
    ])
    .run(async ({ assert }, { code, figures, unit }) => {
      const plugin = under(
        plainPlugin('bad', {
          estimator(_ctx, { audience }): Estimate {
            if (!figures) throw new Error('no')
            const [minimum = 0, expected = 0, maximum = 0] =
              audience.total === 0 && code === 'C_ESTIMATE_REPEAT'
                ? [0, 0, 0]
                : figures(audience.total)
            return {
              quantities: [
                {
                  unit: unit ?? 'bad.message',
                  minimum,
                  expected,
                  maximum,
                  because: { fr: 'x', en: 'x' },
                },
              ],
            }
          },
        })
      )
      assert.equal((await errorOf(checkEstimators(plugin))).code, code)
    })

  test('fails a slow estimator', async ({ assert }) => {
    const plugin = under(
      plainPlugin('bad', {
        estimator(_ctx, { audience }) {
          for (
            const until = performance.now() + (audience.total >= 1e6 ? 1_050 : 0);
            performance.now() < until;
          );
          return { quantities: [] }
        },
      })
    )
    assert.equal((await errorOf(checkEstimators(plugin))).code, 'C_ESTIMATE_SLOW')
  })

  test('fails a brief that becomes no form with {code}')
    .with([
      { code: 'C_FIELD_UNKNOWN', field: () => vine.date().meta({ title: { fr: 'x', en: 'x' } }) },
      {
        code: 'C_FIELD_BOOLEAN',
        field: () => vine.boolean().meta({ title: { fr: 'x', en: 'x' } }),
      },
      { code: 'C_FIELD_TITLE', field: () => vine.string() },
    ])
    .run(({ assert }, { code, field }) => {
      const definition = plainPlugin('bad', {
        brief: vine.create({ text: field() }),
      } as Partial<MessagingChannel>)
      assert.throws(() => checkSchemas(definition), new RegExp(code))
    })

  test('fails a secret among the settings', ({ assert }) => {
    const definition = {
      ...plainPlugin('bad'),
      settings: vine.create({ api_key: vine.string().meta({ title: { fr: 'x', en: 'x' } }) }),
    }
    assert.throws(() => checkSchemas(definition as never), /C_FIELD_SECRET/)
  })

  test('fails content of a field that the brief does not have, and limits that cannot be kept', ({
    assert,
  }) => {
    assert.throws(
      () =>
        checkChannels(
          plainPlugin('bad', {
            content: { html: { from: 'nowhere', as: 'html' } },
          } as Partial<MessagingChannel>)
        ),
      /nowhere/
    )
    const limits = { batch: 0, concurrency: 1, perSecond: null, timeoutMs: 500 }
    assert.throws(
      () => checkChannels(plainPlugin('bad', { limits } as Partial<MessagingChannel>)),
      /limits\.batch/
    )
    assert.throws(
      () =>
        checkChannels(plainPlugin('bad', { idempotency: 'lookup' } as Partial<MessagingChannel>)),
      /lookup/
    )
  })
})

function under(definition: PluginUnderTest['definition']): PluginUnderTest {
  return {
    folder: '',
    manifest: { id: 'bad' } as PluginUnderTest['manifest'],
    definition,
    description: describePlugin(definition),
  }
}
