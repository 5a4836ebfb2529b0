import { args } from '@adonisjs/core/ace'
import { PluginCommand } from '#core/plugins/lifecycle/plugin_command'

export default class PluginResume extends PluginCommand {
  static override commandName = 'plugin:resume'
  static override description = 'Let a plugin out of quarantine'
  static override options = { startApp: true }

  @args.string({ description: 'Name of the plugin' })
  declare id: string

  override async run() {
    const { default: pluginKernel } = await import('#core/plugins/main')
    const { resumePlugin } = await import('#core/plugins/lifecycle/resume_plugin')
    const { SYSTEM } = await import('#core/database/actor')
    await resumePlugin({ kernel: pluginKernel, id: this.id, by: SYSTEM })
    this.logger.success(`${this.id} is ${(await pluginKernel.find(this.id)).status}`)
  }
}
