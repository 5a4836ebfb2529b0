import app from '@adonisjs/core/services/app'
import testUtils from '@adonisjs/core/services/test_utils'
import { apiClient } from '@japa/api-client'
import { assert } from '@japa/assert'
import { browserClient } from '@japa/browser-client'
import { pluginAdonisJS } from '@japa/plugin-adonisjs'
import type { Config } from '@japa/runner/types'
import { authApiClient } from '@adonisjs/auth/plugins/api_client'
import { sessionApiClient } from '@adonisjs/session/plugins/api_client'
import { shieldApiClient } from '@adonisjs/shield/plugins/api_client'
import { migrateEverything } from '#start/migrate_everything'
import pluginKernel from '#core/plugins/main'
import { launchChromium } from '#tests/find_chromium'
import { suiteCleanups } from '#tests/suite_cleanups'

const suite = process.argv[2]

export const plugins: Config['plugins'] = [
  assert(),
  pluginAdonisJS(app),
  apiClient({ baseURL: process.env.APP_URL }),
  sessionApiClient(app),
  shieldApiClient(),
  authApiClient(app),
  ...(suite === 'browser'
    ? [
        browserClient({
          runInSuites: ['browser'],
          launcher: launchChromium,
        }),
      ]
    : []),
]

export const reporters: Config['reporters'] = {
  activated: ['spec', 'totals'],
  list: [
    await import('@japa/runner/reporters').then(({ spec }) => spec()),
    {
      name: 'totals',
      handler(runner, emitter) {
        emitter.on('runner:end', () => {
          const { aggregates, failureTree } = runner.getSummary()
          /** A suite or group whose hooks broke adds no failed test: count it */
          const hooks = failureTree.reduce(
            (count, tree) =>
              count +
              tree.errors.length +
              tree.children.reduce(
                (n, child) => n + ('children' in child ? child.errors.length : 0),
                0
              ),
            0
          )
          const failed = aggregates.failed + hooks
          process.once('exit', () =>
            process.stdout.write(`${aggregates.passed} passed, ${failed} failed\n`)
          )
        })
      },
    },
  ],
}

export const runnerHooks: {
  setup: (() => Promise<() => Promise<void>>)[]
  teardown: (() => Promise<void>)[]
} = {
  setup: [
    async () => {
      if (suite === 'unit') return async () => undefined
      await migrateEverything()
      await pluginKernel.boot()
      return async () => {
        await pluginKernel.shutdown()
      }
    },
  ],
  teardown: [
    async () => {
      for (const clean of suiteCleanups.reverse()) await clean()
    },
  ],
}

export const configureSuite: Config['configureSuite'] = (configured) => {
  if (configured.name === 'functional' || configured.name === 'browser')
    configured.setup(async () => {
      /** As bin/server.ts: addresses in messages are answered before the framework */
      const { trackingServer } = await import('#core/tracking/intake/tracking_server')
      return testUtils.httpServer().start(trackingServer)
    })
}
