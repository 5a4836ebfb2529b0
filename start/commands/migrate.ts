import { BaseCommand, flags } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'

export default class Migrate extends BaseCommand {
  static override commandName = 'migrate'
  static override description =
    'Bring the schemas of the core, the job queue and every installed plugin up to date'
  static override options: CommandOptions = { startApp: true }

  @flags.boolean({ description: 'Take the schema of the core down again, losing its data' })
  declare down: boolean

  override async run() {
    const { migrateEverything } = await import('#start/migrate_everything')
    const done = await migrateEverything({ direction: this.down ? 'down' : 'up' })
    for (const name of done) this.logger.success(name)
    if (done.length === 0) this.logger.info('Already up to date')
  }
}
