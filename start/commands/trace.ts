import { args, BaseCommand } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'

export default class TraceCommand extends BaseCommand {
  static override commandName = 'trace'
  static override description =
    'Show the way of one recipient from the import to the report, each step with its files'
  static override options: CommandOptions = { startApp: true }

  @args.string({ description: 'The key of a delivery, for example 12.345, or an address' })
  declare delivery: string

  override async run() {
    const { readDeliveryKey } = await import('#core/reporting/trace/delivery_key')
    const { deliveriesTo, traceDelivery } = await import('#core/reporting/trace/trace_delivery')
    const { traceLines } = await import('#core/reporting/trace/trace_lines')
    const named = readDeliveryKey(this.delivery)
    const keys = named ? [named] : await deliveriesTo(this.delivery)
    const trace = keys.length > 0 ? await traceDelivery(keys[0]) : null
    if (!trace) {
      this.logger.error(`Nothing was ever to be sent to "${this.delivery}"`)
      this.exitCode = 1
      return
    }
    for (const line of traceLines(trace)) this.logger.log(line)
    if (keys.length > 1) {
      const others = keys.slice(1).map(({ runId, seq }) => `${runId}.${seq}`)
      this.logger.log(`\nOther deliveries to this address: ${others.join(' ')}`)
    }
  }
}
