import { args } from '@adonisjs/core/ace'
import { PluginCommand } from '#core/plugins/lifecycle/plugin_command'

export default class PluginEnable extends PluginCommand {
  static override commandName = 'plugin:enable'
  static override description = 'Enable a plugin in every process'
  static override options = { startApp: true }

  @args.string({ description: 'Name of the plugin' })
  declare id: string

  override async run() {
    const { default: pluginKernel } = await import('#core/plugins/main')
    const { enablePlugin } = await import('#core/plugins/lifecycle/enable_plugin')
    const { SYSTEM } = await import('#core/database/actor')
    await enablePlugin({ kernel: pluginKernel, id: this.id, by: SYSTEM })
    this.logger.success(`${this.id} is ${(await pluginKernel.find(this.id)).status}`)
  }
}
