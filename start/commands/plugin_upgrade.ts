import { args, flags } from '@adonisjs/core/ace'
import { PluginCommand } from '#core/plugins/lifecycle/plugin_command'

export default class PluginUpgrade extends PluginCommand {
  static override commandName = 'plugin:upgrade'
  static override description = 'Upgrade a plugin to the version of its files'
  static override options = { startApp: true }

  @args.string({ description: 'Name of the plugin' })
  declare id: string

  @flags.boolean({ description: 'Agree to what the new version asks for in addition' })
  declare yes: boolean

  override async run() {
    const { default: pluginKernel } = await import('#core/plugins/main')
    const { upgradePlugin } = await import('#core/plugins/lifecycle/upgrade_plugin')
    const { SYSTEM } = await import('#core/database/actor')
    for (const name of await upgradePlugin({
      kernel: pluginKernel,
      id: this.id,
      granted: this.yes ? 'all' : 'before',
      by: SYSTEM,
    }))
      this.logger.success(name)
    const { row, status } = await pluginKernel.find(this.id)
    this.logger.success(`${this.id} ${row?.version} is ${status}`)
  }
}
