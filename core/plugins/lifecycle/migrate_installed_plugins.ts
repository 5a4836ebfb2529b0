import { SYSTEM } from '#core/database/actor'
import pluginKernel from '../main.js'
import { upgradePlugin } from './upgrade_plugin.js'

/**
 * Upgrades every installed plugin whose files are newer, unless the new version asks for more than was granted: that
 * one waits for an admin. One plugin's failure is on its record and does not hold up the others.
 *
 * @returns names of what ran, `plugin: migration`
 */
export async function migrateInstalledPlugins(): Promise<string[]> {
  const done: string[] = []
  for (const plugin of await pluginKernel.survey()) {
    if (plugin.status !== 'upgrading') continue
    try {
      const migrations = await upgradePlugin({
        kernel: pluginKernel,
        id: plugin.id,
        granted: 'before',
        by: SYSTEM,
      })
      done.push(
        `${plugin.id} ${plugin.row?.version} → ${plugin.found?.version}`,
        ...migrations.map((name) => `${plugin.id}: ${name}`)
      )
    } catch (error) {
      pluginKernel.options.logger.warn(
        { plugin: plugin.id, err: error },
        'An upgrade waits for an admin'
      )
    }
  }
  return done
}
