import { BaseCommand, flags } from '@adonisjs/core/ace'

export default class MainJob extends BaseCommand {
  static override commandName = 'main-job'
  static override description =
    'Run the whole line on a throw-away database: import, quote, hold, launch, deliver, open, click, settle, report'
  static override options = { startApp: false, staysAlive: true }

  @flags.string({ description: 'CSV file of contacts', required: true })
  declare contacts: string

  @flags.string({ description: 'MJML template; a newsletter of our own when absent' })
  declare template: string

  @flags.boolean({ description: 'Print one JSON object as the last line' })
  declare json: boolean

  override async run() {
    const { runMainJob } = await import('#start/main_job/orchestrate')
    process.removeAllListeners('SIGINT')
    process.removeAllListeners('SIGTERM')
    const code = await runMainJob({
      root: new URL('../../', import.meta.url),
      contacts: this.contacts,
      template: this.template ?? null,
      json: this.json ?? false,
    })
    process.exit(code)
  }
}
