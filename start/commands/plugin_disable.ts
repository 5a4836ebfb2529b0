import { args } from '@adonisjs/core/ace'
import { PluginCommand } from '#core/plugins/lifecycle/plugin_command'

export default class PluginDisable extends PluginCommand {
  static override commandName = 'plugin:disable'
  static override description = 'Disable a plugin in every process; its data stays'
  static override options = { startApp: true }

  @args.string({ description: 'Name of the plugin' })
  declare id: string

  override async run() {
    const { default: pluginKernel } = await import('#core/plugins/main')
    const { disablePlugin } = await import('#core/plugins/lifecycle/disable_plugin')
    const { SYSTEM } = await import('#core/database/actor')
    await disablePlugin({ kernel: pluginKernel, id: this.id, by: SYSTEM })
    this.logger.success(`${this.id} is ${(await pluginKernel.find(this.id)).status}`)
  }
}
