import { BaseCommand } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'

export default class Start extends BaseCommand {
  static override commandName = 'start'
  static override description =
    'Run everything on this machine: database, assets, migrations, demo, web, worker, Sandbox'
  static override options: CommandOptions = { startApp: false, staysAlive: true }

  override async run() {
    await this.supervise({ watched: false })
  }

  protected async supervise(o: { watched: boolean }): Promise<void> {
    const { superviseEverything } = await import('#start/supervise')
    const { watchSources } = await import('#start/watch_sources')
    const root = new URL('../../', import.meta.url)
    const say = (line: string) => this.logger.info(line)
    try {
      await superviseEverything({
        root,
        say,
        ...(o.watched ? { onReady: (running) => watchSources({ root, say, running }) } : {}),
      })
    } catch (error) {
      const { code, message } = error as { code?: string; message: string }
      this.logger.error(message)
      if (!code?.startsWith('E_')) this.logger.error((error as Error).stack ?? '')
      process.exit(1)
    }
  }
}
