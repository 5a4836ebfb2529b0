import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import app from '@adonisjs/core/services/app'
import { testPlugin, type ConformanceOptions } from '#core/plugins/conformance'
import { fixtures } from '#tests/fixtures/plugins/test_kernel'

/** Values that cannot be guessed from a schema: patterns, ids */
const OPTIONS: Readonly<Record<string, ConformanceOptions>> = {}

const bundled = app.makePath('plugins')
for (const id of readdirSync(bundled)) testPlugin(join(bundled, id), OPTIONS[id])
for (const id of ['fixture_messaging', 'fixture_media', 'fixture_engagement', 'fixture_database'])
  testPlugin(join(fixtures, id))
