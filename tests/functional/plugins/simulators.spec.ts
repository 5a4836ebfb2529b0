import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from '@japa/runner'
import { SYSTEM } from '#core/database/actor'
import { freePort } from '#core/database/server/embedded_postgres'
import { seedInstallation } from '#database/seeders/installation'
import { installPlugin } from '#core/plugins/lifecycle/install_plugin'
import { uninstallPlugin } from '#core/plugins/lifecycle/uninstall_plugin'
import pluginKernel from '#core/plugins/main'
import { runSimulators } from '#core/plugins/sandbox/run_simulators'
import { fixtures } from '#tests/fixtures/plugins/test_kernel'

const ID = 'stranger_with_simulator'

/** A plugin of a stranger that notes when its code is loaded, with a simulator that notes when it is started */
async function aStranger(folder: string): Promise<void> {
  await mkdir(join(folder, ID))
  await cp(join(fixtures, '_plain'), join(folder, '_plain'), { recursive: true })
  const manifest = JSON.parse(
    await readFile(join(fixtures, 'acts_on_import', 'package.json'), 'utf8')
  ) as { name: string; griot: Record<string, unknown> }
  await writeFile(
    join(folder, ID, 'package.json'),
    JSON.stringify({
      ...manifest,
      name: `@stranger/${ID}`,
      griot: {
        ...manifest.griot,
        id: ID,
        contributes: { channels: [ID], simulators: ['phone'] },
      },
    })
  )
  await writeFile(
    join(folder, ID, 'plugin.ts'),
    `import { definePlugin } from '@griot/sdk'
import { plainPlugin } from '../_plain/messaging.js'
Reflect.set(globalThis, 'strangerLoaded', true)
const plain = plainPlugin('${ID}')
export default definePlugin({ ...plain, channels: () => plain.channels, simulators: { phone: async () => ({
  kind: 'phone', title: { fr: 'Téléphone', en: 'Phone' }, settings: () => ({}),
  start: async () => { Reflect.set(globalThis, 'strangerStarted', true); return { port: 1, stop: async () => { Reflect.set(globalThis, 'strangerStarted', false) } } },
}) } })
`
  )
}

const noted = (name: string) => Reflect.get(globalThis, name) as unknown

test.group('Simulators', (group) => {
  let folder: string
  group.setup(async () => {
    folder = await mkdtemp(join(fixtures, '../../../var/plugins-'))
    await aStranger(folder)
    pluginKernel.addFolder(folder)
    await pluginKernel.refresh()
    return () => rm(folder, { recursive: true, force: true })
  })

  test('of a plugin that nobody consented to are not loaded; they are once it is installed, and end with it', async ({
    assert,
    cleanup,
  }) => {
    const simulators = await runSimulators({ mailboxPort: await freePort() })
    cleanup(() => simulators.stop())
    assert.isUndefined(noted('strangerLoaded'))
    assert.deepEqual(
      simulators.running.map((one) => one.pluginId),
      ['email']
    )

    /** Neither does a first start install it */
    await seedInstallation()
    assert.equal((await pluginKernel.find(ID)).status, 'discovered')
    await simulators.follow()
    assert.isUndefined(noted('strangerLoaded'))

    await installPlugin({ kernel: pluginKernel, id: ID, granted: 'all', by: SYSTEM })
    await simulators.follow()
    assert.isTrue(noted('strangerStarted'))
    assert.includeMembers(
      simulators.running.map((one) => one.pluginId),
      [ID]
    )

    await uninstallPlugin({ kernel: pluginKernel, id: ID, purge: true, by: SYSTEM })
    await simulators.follow()
    assert.isFalse(noted('strangerStarted'))
  })
})
