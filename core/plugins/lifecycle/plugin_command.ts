import { BaseCommand } from '@adonisjs/core/ace'
import { PluginError } from '../errors.js'

/** Base of the plugin commands: a refusal is a sentence, not a stack */
export abstract class PluginCommand extends BaseCommand {
  override async completed(): Promise<boolean> {
    if (!(this.error instanceof PluginError)) return false
    this.logger.error(`${this.error.code}: ${this.error.message}`)
    this.exitCode = 1
    return true
  }
}
