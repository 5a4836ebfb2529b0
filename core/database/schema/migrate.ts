import { readdir } from 'node:fs/promises'
import db from '@adonisjs/lucid/services/db'
import app from '@adonisjs/core/services/app'
import { MigrationRunner } from '@adonisjs/lucid/migration'
import { applyFunctions, dropFunctions } from './apply_functions.js'
import { DatabaseTooOldError } from '../errors.js'
import { sql } from '../sql.js'

/**
 * Brings the core's schema up to date: functions that are not there yet, then migrations, then functions that changed. The
 * runner is not closed: closing it would close every connection of the process.
 *
 * @returns names of the migrations and functions that were applied, in order; empty when there was nothing to do
 * @throws DatabaseTooOldError when an earlier version made the database
 * @throws the error of the failing migration, whose transaction was rolled back
 */
export async function migrateCore(options: { direction?: 'up' | 'down' } = {}): Promise<string[]> {
  await refuseUnknownPast()
  if (options.direction === 'down') {
    const taken = await runMigrations('down')
    await dropFunctions()
    return taken
  }
  await applyFunctions({ which: 'missing' })
  const migrated = await runMigrations('up')
  const changed = await applyFunctions({ which: 'changed' })
  return [...migrated, ...changed.map((name) => `database/functions/${name}`)]
}

async function runMigrations(direction: 'up' | 'down'): Promise<string[]> {
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

/** A migration that ran here and is not known any more: this version would make its tables a second time, beside the old ones */
async function refuseUnknownPast(): Promise<void> {
  const [{ there }] = await sql<{ there: boolean }>(
    `select to_regclass('adonis_schema') is not null there`
  )
  if (!there) return
  const known = (await readdir(app.makePath('database/migrations'))).map(
    (file) => `database/migrations/${file.replace(/\.[jt]s$/, '')}`
  )
  const [unknown] = await sql<{ name: string }>(
    'select name from adonis_schema where name <> all($1::text[]) order by id limit 1',
    [known]
  )
  if (unknown) throw new DatabaseTooOldError(unknown.name)
}
