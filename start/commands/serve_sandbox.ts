import { BaseCommand } from '@adonisjs/core/ace'

export default class ServeSandbox extends BaseCommand {
  static override commandName = 'serve:sandbox'
  static override description = 'Run the simulators of the far sides (only with SANDBOX=true)'
  static override options = { startApp: true, staysAlive: true }

  override async run() {
    /** What this process writes into the data folder is for its owner alone */
    process.umask(0o077)
    try {
      await this.#serve()
    } catch (error) {
      /** A command that stays alive would hang here with its connections open */
      this.logger.error((error as Error).stack ?? String(error))
      process.exit(1)
    }
  }

  async #serve() {
    const { default: env } = await import('#start/env')
    if (!env.get('SANDBOX')) {
      this.logger.error(
        'The Sandbox is off. Set SANDBOX=true to run the simulators; never in production.'
      )
      this.exitCode = 1
      return this.terminate()
    }
    const { runSimulators } = await import('#core/plugins/sandbox/run_simulators')
    const { default: pluginKernel } = await import('#core/plugins/main')
    const { ChangesListener } = await import('#core/plugins/runtime/changes_listener')
    const { databaseUrl } = await import('#core/database/server/database_url')
    const { default: logger } = await import('@adonisjs/core/services/logger')
    await pluginKernel.boot()
    const sandbox = await runSimulators({ mailboxPort: env.get('SANDBOX_SMTP_PORT') ?? 2525 })
    const changes = new ChangesListener({
      databaseUrl,
      logger,
      onChange: () =>
        void sandbox
          .follow()
          .catch((error: unknown) => logger.error({ err: error }, 'could not follow the plugins')),
    })
    await changes.start()
    this.app.terminating(async () => {
      await changes.close()
      await sandbox.stop()
      await pluginKernel.shutdown()
    })
    for (const one of sandbox.running)
      this.logger.info(`${one.pluginId}/${one.simulator} listens on 127.0.0.1:${one.port}`)
    process.send?.({ ready: 'sandbox' })
  }
}
