import { BaseCommand } from '@adonisjs/core/ace'

/** Enough for a campaign that lasts some seconds: long enough to pause it */
const DEMO_PEOPLE = 12_000

export default class Demo extends BaseCommand {
  static override commandName = 'demo'
  static override description =
    'Put a demonstration into an empty installation, once: plugins, prices, a client with contacts and a campaign'
  static override options = { startApp: true }

  override async run() {
    const { seedInstallation } = await import('#database/seeders/installation')
    const { seedDemo } = await import('#database/seeders/demo')
    await seedInstallation()
    const made = await seedDemo({ people: DEMO_PEOPLE })
    this.logger.info(
      made ? 'The demonstration is ready' : 'There is data already; nothing was added'
    )
  }
}
