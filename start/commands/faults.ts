import { args, BaseCommand } from '@adonisjs/core/ace'
import { describeMeasures, FAULTS } from '#start/measures'
import { runAllFaults } from '#start/run_all_faults'
import { startMeasure } from '#start/start_measure'

export default class Faults extends BaseCommand {
  static override commandName = 'faults'
  static override description =
    'Break something on purpose on a throw-away database; exit 1 when an invariant breaks'
  static override help = [
    'Starts a Postgres of its own, migrates it, breaks what the name says while a campaign runs, and deletes everything.',
    'The last line is one JSON object; "failed" lists each invariant that did not hold.',
    '',
    ...describeMeasures(FAULTS),
    '',
    '  all',
    '      every one of them, one after the other: {"run","failed"}',
    '      [--quick]',
    '',
    '--quick makes each of them short.',
    '{{ binaryName }} faults kill --kills 100 --recipients 100000 --workers 4',
  ]
  static override options = { startApp: false, staysAlive: true, allowUnknownFlags: true }

  @args.string({ description: `What to break: ${[...Object.keys(FAULTS), 'all'].join(', ')}` })
  declare name: string

  override async run() {
    process.exit(
      this.name === 'all'
        ? await runAllFaults({ quick: process.argv.includes('--quick') })
        : await startMeasure({ kind: 'fault', name: this.name, measures: FAULTS })
    )
  }
}
