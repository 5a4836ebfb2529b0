import { args, BaseCommand, flags } from '@adonisjs/core/ace'

/** What can be measured, with what its figures mean */
const BENCHES: Readonly<Record<string, string>> = {
  import:
    'import a file of contacts into an empty account: rows a second from the file to contacts and list, memory before and at most',
}

export default class Bench extends BaseCommand {
  static override commandName = 'bench'
  static override description =
    'Measure one part on a throw-away database and print one JSON object as the last line'
  static override help = [
    'Starts a Postgres of its own, migrates it, measures in a process of its own, and deletes everything.',
    '',
    ...Object.entries(BENCHES).map(([name, what]) => `  ${name}   ${what}`),
    '',
    '{{ binaryName }} bench import --rows 1000000',
  ]
  static override options = { startApp: false, staysAlive: true }

  @args.string({ description: `What to measure: ${Object.keys(BENCHES).join(', ')}` })
  declare name: string

  @flags.number({ description: 'Rows of the file', default: 1_000_000 })
  declare rows: number

  override async run() {
    if (!Object.hasOwn(BENCHES, this.name)) {
      this.logger.error(
        `There is no bench "${this.name}". Choose one of: ${Object.keys(BENCHES).join(', ')}`
      )
      process.exit(1)
    }
    if (!Number.isSafeInteger(this.rows) || this.rows < 1) {
      this.logger.error('--rows takes a whole number from 1 on')
      process.exit(1)
    }
    const { runBench } = await import('#start/run_bench')
    process.exit(
      await runBench({ root: new URL('../../', import.meta.url), name: this.name, rows: this.rows })
    )
  }
}
