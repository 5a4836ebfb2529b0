import { test } from '@japa/runner'
import type { PluginDefinition } from '@griot/sdk'
import type { Crossing } from '#core/plugins/hosts/crossing'
import { describePlugin } from '#core/plugins/hosts/description'
import { InProcessHost } from '#core/plugins/hosts/in_process_host'
import { plainPlugin } from '#tests/fixtures/plugins/_plain/messaging'
import { hostSuite } from './host_suite.js'

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }

const hostOf =
  (crossing: Crossing) =>
  (definition: PluginDefinition, settings: Record<string, unknown> = {}) =>
    new InProcessHost({
      definition,
      description: describePlugin(definition),
      plugin: {
        id: definition.id,
        version: '1.2.3',
        settings,
        services: {},
        knownSecrets: () => [],
      },
      options: { logger: silent, clock: { now: () => new Date(0) }, crossing },
      stop: new AbortController().signal,
    })

hostSuite('in this process', hostOf('by_reference'))
hostSuite('in this process, with everything copied and frozen', hostOf('cloned'))

test.group('Crossing to a plugin', () => {
  const audience = { total: 1, groups: [{ country: 'CI', prefix: '', count: 1 }] }
  const estimateWith = (estimator: () => unknown, brief: Record<string, unknown> = {}) =>
    hostOf('cloned')(plainPlugin('crosses', { estimator: estimator as never }))
      .call(
        'channels.crosses.estimator',
        { brief, audience },
        { signal: new AbortController().signal }
      )
      .then(
        (result) => result as unknown,
        (error: { code?: string }) => error.code ?? String(error)
      )

  test('refuses a function in what comes back', async ({ assert }) => {
    assert.equal(
      await estimateWith(() => ({ quantities: [], later: () => 1 })),
      'E_PLUGIN_WRONG_RESULT'
    )
  })

  test('copies what comes back, so that the plugin cannot change it afterwards', async ({
    assert,
  }) => {
    const kept = { quantities: [] as unknown[] }
    const result = (await estimateWith(() => kept)) as { quantities: unknown[] }
    kept.quantities.push('more')
    assert.deepEqual(result, { quantities: [] })
    assert.throws(() => result.quantities.push('ours'), TypeError)
  })

  test('hands a plugin a copy that it cannot change', async ({ assert }) => {
    const brief = { list: ['a'] }
    const code = await hostOf('cloned')(
      plainPlugin('crosses', {
        estimator: (_ctx, request) => {
          ;(request.brief as typeof brief).list.push('b')
          return { quantities: [] }
        },
      })
    )
      .call(
        'channels.crosses.estimator',
        { brief, audience },
        { signal: new AbortController().signal }
      )
      .then(
        () => null,
        (error: { code?: string }) => error.code
      )
    assert.equal(code, 'E_PLUGIN_THREW')
    assert.deepEqual(brief, { list: ['a'] })
  })

  test('refuses a settlement that cannot be kept: {$self}')
    .with([
      { on: 'final', withinHours: 0, unanswered: 'charge' },
      { on: 'final', withinHours: 169, unanswered: 'charge' },
      { on: 'final', withinHours: 1.5, unanswered: 'charge' },
      { on: 'final', withinHours: 72, unanswered: 'keep' },
      { on: 'final' },
      { on: 'later' },
    ])
    .run(({ assert }, settlement) => {
      assert.throws(
        () => describePlugin(plainPlugin('odd', { settlement: settlement as never })),
        /settlement/
      )
    })

  test('refuses a plugin that describes itself by a function', ({ assert }) => {
    assert.throws(
      () => describePlugin(plainPlugin('odd', { units: { 'odd.x': (() => 1) as never } })),
      /could not be cloned/
    )
  })
})
