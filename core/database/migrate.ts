import db from '@adonisjs/lucid/services/db'
import app from '@adonisjs/core/services/app'
import { MigrationRunner } from '@adonisjs/lucid/migration'

/**
 * Brings the core's schema up to date. The runner is not closed: closing it would close every connection of the
 * process.
 *
 * @returns names of the migrations that ran, in order; empty when there was nothing to do
 * @throws the error of the failing migration, whose transaction was rolled back
 */
export async function migrateCore(options: { direction?: 'up' | 'down' } = {}): Promise<string[]> {
  const direction = options.direction ?? 'up'
  const runner = new MigrationRunner(
    db,
    app,
    direction === 'up' ? { direction } : { direction, batch: 0 }
  )
  await runner.run()
  if (runner.error) throw runner.error
  return Object.values(runner.migratedFiles)
    .filter((file) => file.status === 'completed')
    .map((file) => file.file.name)
}
