import { runMigrations } from 'graphile-worker'
import { databaseUrl } from '#core/database/server/database_url'
import { migrateCore } from '#core/database/schema/migrate'
import { migrateInstalledPlugins } from '#core/plugins/lifecycle/migrate_installed_plugins'

/**
 * Brings core, job queue and installed plugins up to date, in this order: plugins refer to nothing of ours, but
 * the row that says which of them are installed is ours.
 */
export async function migrateEverything(
  options: { direction?: 'up' | 'down' } = {}
): Promise<string[]> {
  const core = await migrateCore(options)
  if (options.direction === 'down') return core

  await runMigrations({ connectionString: databaseUrl() })
  const plugins = await migrateInstalledPlugins()
  return [...core, ...plugins]
}
