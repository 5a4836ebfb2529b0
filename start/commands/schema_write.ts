import { writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { BaseCommand } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'

export default class SchemaWrite extends BaseCommand {
  static override commandName = 'schema:write'
  static override description =
    'Write database/schema.sql from the migrated database, and docs/images/schema.svg from it'
  static override options: CommandOptions = { startApp: true }

  override async run() {
    const { describeSchema } = await import('#core/database/describe_schema')
    const { drawSchema } = await import('#core/database/draw_schema')
    const { TABLE_OWNERS } = await import('#database/owners')
    const schema = await describeSchema()
    const domains = createRequire(import.meta.url)('#core/domains.cjs') as readonly string[]
    const written = {
      'database/schema.sql': schema,
      'docs/images/schema.svg': drawSchema({ schema, owners: TABLE_OWNERS, domains }),
    }
    for (const [file, text] of Object.entries(written)) {
      await writeFile(this.app.makePath(file), text)
      this.logger.success(file)
    }
  }
}
