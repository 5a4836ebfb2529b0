import { args, BaseCommand } from '@adonisjs/core/ace'
import { BENCHES, describeMeasures } from '#start/measures'
import { startMeasure } from '#start/start_measure'

export default class Bench extends BaseCommand {
  static override commandName = 'bench'
  static override description =
    'Measure one part on a throw-away database and print one JSON object as the last line'
  static override help = [
    'Starts a Postgres of its own, migrates it, measures in a process of its own, and deletes everything.',
    '',
    ...describeMeasures(BENCHES),
    '',
    '{{ binaryName }} bench import --rows 300000',
  ]
  static override options = { startApp: false, staysAlive: true, allowUnknownFlags: true }

  @args.string({ description: `What to measure: ${Object.keys(BENCHES).join(', ')}` })
  declare name: string

  override async run() {
    process.exit(await startMeasure({ kind: 'bench', name: this.name, measures: BENCHES }))
  }
}
