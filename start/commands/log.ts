import { args, BaseCommand } from '@adonisjs/core/ace'
import { findLogged } from '#start/find_logged'

export default class Log extends BaseCommand {
  static override commandName = 'log'
  static override description =
    'Show what the log says of the error that a page gave a reference for'

  @args.string({ description: 'The reference, as the page shows it' })
  declare reference: string

  override async run() {
    const found = await findLogged(this.reference)
    for (const line of found) this.logger.log(line)
    if (found.length > 0) return
    this.logger.error(`No log of this installation knows the reference ${this.reference}`)
    this.exitCode = 1
  }
}
