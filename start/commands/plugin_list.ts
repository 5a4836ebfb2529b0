import { PluginCommand } from '#core/plugins/lifecycle/plugin_command'

export default class PluginList extends PluginCommand {
  static override commandName = 'plugin:list'
  static override description = 'List the plugins with their status'
  static override options = { startApp: true }

  override async run() {
    const { default: pluginKernel } = await import('#core/plugins/main')
    const table = this.ui.table().head(['Plugin', 'Status', 'Installed', 'Files', 'Why'])
    for (const plugin of await pluginKernel.survey()) {
      const why =
        plugin.found?.problems[0] ??
        plugin.found?.incompatible ??
        plugin.row?.quarantine_code ??
        plugin.row?.operation_error ??
        ''
      table.row([
        plugin.id,
        plugin.status,
        plugin.row?.version || '-',
        plugin.found?.version || '-',
        why.slice(0, 100),
      ])
    }
    table.render()
  }
}
