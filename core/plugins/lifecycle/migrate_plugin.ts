import { join } from 'node:path'
import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import { MigrationRunner } from '@adonisjs/lucid/migration'
import { PluginError } from '../errors.js'
import { roleAddress, schemaName } from './plugin_schema.js'
import { runInPlugin } from '../hosts/plugin_scope.js'
import type { UsablePlugin } from '../types.js'

/**
 * Brings the schema of a plugin up to date, with a ledger of its own inside that schema. Migrations run as the
 * plugin's role, so they reach nothing else. The runner is not closed: that would close every connection of the
 * process.
 *
 * @returns names of the migrations that ran
 * @throws E_PLUGIN_MIGRATION keeping the cause; the failing migration was rolled back
 */
export async function migratePlugin(o: {
  found: UsablePlugin
  databaseUrl: string
  key: string
}): Promise<readonly string[]> {
  const { found } = o
  const path = found.manifest.contributes.migrations
  if (path === null) return []

  const connection = schemaName(found.id)
  db.manager.add(connection, {
    client: 'pg',
    connection: await roleAddress({ pluginId: found.id, databaseUrl: o.databaseUrl, key: o.key }),
    searchPath: [connection],
    pool: { min: 0, max: 1 },
    migrations: {
      paths: [join(found.folder, path)],
      tableName: 'adonis_schema',
      naturalSort: true,
    },
    schemaGeneration: { enabled: false },
  })
  try {
    /** Our own lock holds this plugin; Lucid's is one for the whole database */
    const runner = new MigrationRunner(db, app, {
      direction: 'up',
      connectionName: connection,
      disableLocks: true,
    })
    await runInPlugin({ pluginId: found.id, operation: 'migrate' }, () => runner.run())
    if (runner.error) throw runner.error
    return Object.values(runner.migratedFiles)
      .filter((file) => file.status === 'completed')
      .map((file) => file.file.name)
  } catch (cause) {
    throw new PluginError({
      code: 'E_PLUGIN_MIGRATION',
      pluginId: found.id,
      operation: 'migrate',
      detail: (cause as Error).message,
      cause,
    })
  } finally {
    await db.manager.release(connection)
  }
}
