import { test } from '@japa/runner'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import app from '@adonisjs/core/services/app'
import { checkChannels } from '#core/plugins/conformance/check_channels'
import { checkEstimators } from '#core/plugins/conformance/check_estimators'
import { checkManifest } from '#core/plugins/conformance/check_manifest'
import { checkPurity } from '#core/plugins/conformance/check_purity'
import { checkSchemas } from '#core/plugins/conformance/check_schemas'

test.group('docs/plugins.md', () => {
  test('shows a plugin that passes the conformance kit', async ({ assert, cleanup }) => {
    const folder = app.makePath('var', 'documented', 'pigeon')
    cleanup(() => rm(app.makePath('var', 'documented'), { recursive: true, force: true }))
    await mkdir(folder, { recursive: true })
    const page = await readFile(app.makePath('docs/plugins.md'), 'utf8')
    const files = [
      ...page.matchAll(/`plugins\/pigeon\/([a-z_.]+)`\n\n```(?:json|ts)\n([\s\S]*?)```/g),
    ]
    for (const [, name = '', text = ''] of files) await writeFile(join(folder, name), text)
    assert.sameMembers(
      files.map(([, name]) => name),
      ['package.json', 'plugin.ts', 'fly.ts']
    )

    const plugin = await checkManifest(folder)
    await checkPurity(plugin)
    checkSchemas(plugin.definition)
    checkChannels(plugin.definition)
    await checkEstimators(plugin, { briefs: { pigeon: { text: 'Bonjour' } } })
  }).timeout(30_000)
})
