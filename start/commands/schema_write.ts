import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BaseCommand } from '@adonisjs/core/ace'
import { runCommand } from '#start/child_processes'

export default class SchemaWrite extends BaseCommand {
  static override commandName = 'schema:write'
  static override description =
    'Migrate an empty database of its own, and write database/schema.sql and docs/images/schema.svg from it'
  static override options = { startApp: false }

  override async run() {
    const { startThrowAwayPostgres } = await import('#core/database/server/embedded_postgres')
    const folder = mkdtempSync(join(tmpdir(), 'griot-schema-'))
    const postgres = await startThrowAwayPostgres()
    const env = {
      ...process.env,
      DATABASE_URL: postgres.url,
      GRIOT_DATA: folder,
      LOG_LEVEL: 'fatal',
    }
    const root = new URL('../../', import.meta.url)
    try {
      await runCommand({ root, args: ['migrate'], env })
      await runCommand({ root, args: ['schema:describe'], env })
      this.logger.success('database/schema.sql and docs/images/schema.svg')
    } finally {
      await postgres.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  }
}
