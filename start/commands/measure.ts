import { args, BaseCommand } from '@adonisjs/core/ace'
import type { MeasureContext } from '#start/measure'
import { BENCHES, FAULTS } from '#start/measures'

export default class RunMeasureHere extends BaseCommand {
  static override commandName = 'measure'
  static override description =
    'Measure inside a booted application; "bench" and "faults" make the database and call this'
  static override options = { startApp: true }

  @args.string()
  declare kind: string

  @args.string()
  declare name: string

  override async run() {
    try {
      await this.#measure()
    } catch (error) {
      /** What was started and not taken down would keep the process, and who waits for it, for ever */
      process.stderr.write(`${(error as Error).stack ?? String(error)}\n`)
      process.exit(1)
    }
  }

  async #measure() {
    const measure = (this.kind === 'fault' ? FAULTS : BENCHES)[this.name]
    const work = await measure.load()
    const figures = await work({
      options: JSON.parse(process.env.MEASURE_OPTIONS ?? '{}'),
      say: (line) => process.stderr.write(`${line}\n`),
      root: new URL(String(process.env.MEASURE_ROOT)),
      postgres: { restart: (o) => askParent(o) },
    })
    process.stdout.write(`${JSON.stringify(figures)}\n`)
    const { failed } = figures as { failed?: readonly unknown[] }
    process.exit(failed && failed.length > 0 ? 1 : 0)
  }
}

let asked = 0

/** The database server is the parent's child: it alone can end it and start it again */
function askParent(restart: Parameters<MeasureContext['postgres']['restart']>[0]): Promise<void> {
  const id = (asked += 1)
  return new Promise((resolve, reject) => {
    const hear = (message: { answer?: number; error?: string }) => {
      if (message.answer !== id) return
      process.off('message', hear)
      if (message.error) reject(new Error(message.error))
      else resolve()
    }
    process.on('message', hear)
    process.send?.({ id, restart })
  })
}
