import { writeFile } from 'node:fs/promises'
import { BaseCommand } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'

export default class SchemaWrite extends BaseCommand {
  static override commandName = 'schema:write'
  static override description = 'Write database/schema.sql from the migrated database'
  static override options: CommandOptions = { startApp: true }

  override async run() {
    const { describeSchema } = await import('#core/database/describe_schema')
    await writeFile(this.app.makePath('database/schema.sql'), await describeSchema())
    this.logger.success('database/schema.sql')
  }
}
