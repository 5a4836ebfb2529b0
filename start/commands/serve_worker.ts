import { BaseCommand, flags } from '@adonisjs/core/ace'
import type { Worker } from '#core/jobs/run_worker'
import { constants, setPriority } from 'node:os'

export default class ServeWorker extends BaseCommand {
  static override commandName = 'serve:worker'
  static override description =
    'Run the background jobs. Any number of these may run over one Postgres'
  static override options = { startApp: true, staysAlive: true }

  @flags.number({ description: 'Jobs at once', default: 8 })
  declare concurrency: number

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
    /** On one machine with web processes, people come before jobs */
    setPriority(constants.priority.PRIORITY_LOW)
    const { runWorker } = await import('#core/jobs/run_worker')
    const { default: pluginKernel } = await import('#core/plugins/main')
    const { freeDeadLeases } = await import('#core/delivery/dispatch/free_dead_leases')
    const { closeDeliveryPool } = await import('#core/runs/delivery_pool')
    const { closeFactIntake, factIntake } = await import('#core/facts/fact_intake')
    let worker: Worker | null = null

    this.app.terminating(async () => {
      await worker?.stop()
      await pluginKernel.shutdown()
      await closeFactIntake()
      await closeDeliveryPool()
    })
    await pluginKernel.boot()
    await pluginKernel.listen()
    /** A signal may have come while we were starting */
    if (this.app.isTerminating) return
    worker = await runWorker({
      heldFlags: () => pluginKernel.heldFlags(),
      concurrency: this.concurrency,
      onLook: freeDeadLeases,
    })
    if (this.app.isTerminating) return void (await worker.stop())
    factIntake.startReplaying()
    process.send?.({ ready: 'worker' })
    this.logger.info('The worker is ready')
  }
}
