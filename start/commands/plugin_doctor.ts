import { args } from '@adonisjs/core/ace'
import { PluginCommand } from '#core/plugins/lifecycle/plugin_command'

export default class PluginDoctor extends PluginCommand {
  static override commandName = 'plugin:doctor'
  static override description = 'Say what is wrong with a plugin, and whether its settings work'
  static override options = { startApp: true }

  @args.string({ description: 'Name of the plugin' })
  declare id: string

  override async run() {
    const { default: pluginKernel } = await import('#core/plugins/main')
    const { pluginOverview } = await import('#core/plugins/discovery/plugin_overview')
    await pluginKernel.boot()
    const running = pluginKernel.enabledPlugins().some(({ id }) => id === this.id)
    if (running) await pluginKernel.calls.checkHealth(this.id)

    const plugin = await pluginOverview(await pluginKernel.find(this.id))
    this.logger.info(
      `${plugin.id} is ${plugin.status}${plugin.row?.health_detail ? `: ${plugin.row.health_detail}` : ''}`
    )
    for (const problem of plugin.found?.problems ?? []) this.logger.error(problem)
    if (plugin.found?.incompatible) this.logger.error(plugin.found.incompatible)
    if (plugin.row?.quarantine_reason)
      this.logger.error(`${plugin.row.quarantine_code}: ${plugin.row.quarantine_reason}`)
    if (plugin.row?.operation_error) this.logger.error(plugin.row.operation_error)
    for (const secret of plugin.secrets)
      this.logger.info(
        `secret ${secret.name}: ${secret.setAt ? `set ${secret.setAt.toISOString()}` : 'not set'}`
      )
    for (const failure of plugin.failures)
      this.logger.warning(
        `${failure.at.toISOString()} ${failure.code} ${failure.operation}: ${failure.detail}`
      )
    if (plugin.status !== 'enabled' && plugin.status !== 'disabled') this.exitCode = 1
  }
}
