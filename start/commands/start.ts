import { BaseCommand } from '@adonisjs/core/ace'

export default class Start extends BaseCommand {
  static override commandName = 'start'
  static override description =
    'Run everything on this machine: database, assets, migrations, demo, web, worker, Sandbox'
  static override options = { startApp: false, staysAlive: true }

  override async run() {
    const { superviseEverything } = await import('#start/supervise')
    try {
      await superviseEverything({
        root: new URL('../../', import.meta.url),
        say: (line) => this.logger.info(line),
      })
    } catch (error) {
      const { code, message } = error as { code?: string; message: string }
      this.logger.error(message)
      if (!code?.startsWith('E_')) this.logger.error((error as Error).stack ?? '')
      process.exit(1)
    }
  }
}
