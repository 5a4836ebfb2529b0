import { args, flags } from '@adonisjs/core/ace'
import { PluginCommand } from '#core/plugins/lifecycle/plugin_command'

export default class PluginUninstall extends PluginCommand {
  static override commandName = 'plugin:uninstall'
  static override description =
    'Uninstall a disabled plugin; its data stays unless --purge is given'
  static override options = { startApp: true }

  @args.string({ description: 'Name of the plugin' })
  declare id: string

  @flags.boolean({ description: 'Erase its schema, settings, secrets and storage, and prove it' })
  declare purge: boolean

  override async run() {
    const { default: pluginKernel } = await import('#core/plugins/main')
    const { uninstallPlugin } = await import('#core/plugins/lifecycle/uninstall_plugin')
    const { SYSTEM } = await import('#core/database/actor')
    await uninstallPlugin({ kernel: pluginKernel, id: this.id, purge: this.purge, by: SYSTEM })
    this.logger.success(
      this.purge
        ? `${this.id} is uninstalled and nothing of it is left`
        : `${this.id} is uninstalled; its data is kept`
    )
  }
}
