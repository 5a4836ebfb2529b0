import { BaseCommand, flags } from '@adonisjs/core/ace'

export default class MainJobFollow extends BaseCommand {
  static override commandName = 'main-job:follow'
  static override description =
    'Follow one campaign through a running installation; "main-job" starts one and calls this'
  static override options = { startApp: true }

  @flags.string({ required: true })
  declare contacts: string

  @flags.string()
  declare template: string

  @flags.boolean()
  declare json: boolean

  override async run() {
    const { followCampaign } = await import('#start/main_job/follow_campaign')
    const { default: pluginKernel } = await import('#core/plugins/main')
    await pluginKernel.boot()
    const say = (line: string) => process.stdout.write(`${line}\n`)
    const { report, broken } = await followCampaign({
      contacts: this.contacts,
      template: this.template ?? null,
      say,
    }).catch(async (error: Error) => {
      process.stderr.write(`The job cannot go on: ${error.message}\n`)
      await pluginKernel.shutdown()
      return { report: null, broken: [error.message] }
    })
    this.exitCode = broken.length > 0 ? 1 : 0
    if (!report) return
    for (const line of broken) process.stderr.write(`The sums do not close: ${line}\n`)
    if (this.json) say(JSON.stringify(report))
    await pluginKernel.shutdown()
  }
}
