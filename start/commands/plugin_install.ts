import { args, flags } from '@adonisjs/core/ace'
import { PluginCommand } from '#core/plugins/lifecycle/plugin_command'

export default class PluginInstall extends PluginCommand {
  static override commandName = 'plugin:install'
  static override description = 'Install a plugin: its schema, its migrations, its install hook'
  static override options = { startApp: true }

  @args.string({ description: 'Name of the folder in plugins/' })
  declare id: string

  @flags.boolean({
    description: 'Agree to everything that the plugin asks for, without being asked',
  })
  declare yes: boolean

  @flags.boolean({ description: 'Enable it as well' })
  declare enable: boolean

  override async run() {
    const { default: pluginKernel } = await import('#core/plugins/main')
    const { installPlugin } = await import('#core/plugins/lifecycle/install_plugin')
    const { enablePlugin } = await import('#core/plugins/lifecycle/enable_plugin')
    const { permissions } = await import('#core/plugins/discovery/consent')
    const { SYSTEM } = await import('#core/database/actor')
    const { default: i18n } = await import('@adonisjs/i18n/services/main')

    const plugin = await pluginKernel.find(this.id)
    const english = i18n.locale('en')
    const asked = permissions(plugin.found?.manifest?.capabilities ?? {})
    for (const { key, data } of asked) this.logger.info(english.t(key, data))
    if (asked.length > 0 && !this.yes && !(await this.prompt.confirm(`Install ${this.id}?`))) return

    await installPlugin({ kernel: pluginKernel, id: this.id, granted: 'all', by: SYSTEM })
    this.logger.success(`${this.id} is installed`)
    if (!this.enable) return
    await enablePlugin({ kernel: pluginKernel, id: this.id, by: SYSTEM })
    this.logger.success(`${this.id} is ${(await pluginKernel.find(this.id)).status}`)
  }
}
