import { args, BaseCommand, flags } from '@adonisjs/core/ace'

export default class BenchMeasure extends BaseCommand {
  static override commandName = 'bench:measure'
  static override description =
    'Measure inside a running application; "bench" makes the database and calls this'
  static override options = { startApp: true }

  @args.string()
  declare name: string

  @flags.number({ required: true })
  declare rows: number

  override async run() {
    if (this.name !== 'import') throw new Error(`There is no bench "${this.name}"`)
    const { benchImport } = await import('#tests/bench/import')
    const figures = await benchImport({ rows: this.rows })
    process.stdout.write(`${JSON.stringify(figures)}\n`)
  }
}
