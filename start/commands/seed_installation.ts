import { BaseCommand } from '@adonisjs/core/ace'

export default class SeedInstallation extends BaseCommand {
  static override commandName = 'seed:installation'
  static override description =
    'Install and enable the bundled plugins, and publish a service with a first price for each channel'
  static override options = { startApp: true }

  override async run() {
    const { seedInstallation } = await import('#database/seeders/installation')
    await seedInstallation()
    this.logger.success('The installation is ready')
  }
}
