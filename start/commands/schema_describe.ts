import { writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { BaseCommand } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'

/** The second half of `schema:write`, in a process that has its database */
export default class SchemaDescribe extends BaseCommand {
  static override commandName = 'schema:describe'
  static override description =
    'Write database/schema.sql and its picture from the database that this runs on'
  static override options: CommandOptions = { startApp: true }

  override async run() {
    const { describeSchema } = await import('#core/database/schema/describe_schema')
    const { drawSchema } = await import('#core/database/schema/draw_schema')
    const { TABLE_OWNERS } = await import('#database/owners')
    const schema = await describeSchema()
    const domains = createRequire(import.meta.url)(
      this.app.makePath('core/domains.cjs')
    ) as readonly string[]
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
