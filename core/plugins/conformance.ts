import { basename } from 'node:path'
import { test } from '@japa/runner'
import { checkChannels } from './conformance/check_channels.js'
import { checkEstimators } from './conformance/check_estimators.js'
import { checkManifest } from './conformance/check_manifest.js'
import { checkPurity } from './conformance/check_purity.js'
import { checkSchemas } from './conformance/check_schemas.js'

export type ConformanceOptions = {
  /** A brief for each channel whose schema cannot be guessed at */
  readonly briefs?: Readonly<Record<string, unknown>>
  /** Settings, when they cannot be guessed at */
  readonly settings?: unknown
}

/**
 * Registers the tests that every plugin must pass. Each check is a function of its own in conformance/ and fails with a
 * code that never changes.
 *
 * @param folder folder of the plugin
 * @example
 * // plugins/pigeon/tests/conformance.spec.ts
 * import { fileURLToPath } from 'node:url'
 * import { testPlugin } from '#core/plugins/conformance'
 *
 * testPlugin(fileURLToPath(new URL('../', import.meta.url)), { briefs: { pigeon: { text: 'Bonjour' } } })
 * @since 1.0
 */
export function testPlugin(folder: string, options: ConformanceOptions = {}): void {
  test.group(`Conformance of ${basename(folder.replace(/\/$/, ''))}`, () => {
    test('has a manifest that is valid and equals its code', async () => {
      await checkManifest(folder)
    })

    test('does nothing while it is imported', async () => {
      await checkPurity(await checkManifest(folder))
    }).timeout(30_000)

    test('has settings and briefs that become forms', async () => {
      checkSchemas((await checkManifest(folder)).definition)
    })

    test('has channels with units, limits and fields that exist', async () => {
      checkChannels((await checkManifest(folder)).definition)
    })

    test('estimates whole numbers in order, repeatably, monotonically and fast', async () => {
      await checkEstimators(await checkManifest(folder), options)
    })
  })
}
