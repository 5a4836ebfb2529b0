import { BaseCommand, flags } from '@adonisjs/core/ace'

export default class EventsClassify extends BaseCommand {
  static override commandName = 'events:classify'
  static override description =
    'Classify openings and clicks again, person or bot, and correct the counters with them'
  static override help = [
    'Reads the signals that were kept and writes new classifications over old ones; the signals stay. Safe to repeat, and to break off.',
    '',
    '{{ binaryName }} events:classify --run 12',
    '{{ binaryName }} events:classify --since 2026-11-01 --classifier-version 1',
  ]
  static override options = { startApp: true }

  @flags.number({ flagName: 'run', description: 'The run to classify' })
  declare runId: number | undefined

  @flags.string({ description: 'All runs launched since this day (YYYY-MM-DD, UTC)' })
  declare since: string | undefined

  @flags.number({ description: 'Version of the classifier; the current one when absent' })
  declare classifierVersion: number | undefined

  override async run() {
    const which = this.#which()
    if (!which) {
      this.logger.error('Name one run (--run 12) or a day (--since 2026-11-01), not both')
      this.exitCode = 1
      return
    }
    const { classifyRuns } = await import('#core/tracking/classifier/classify_runs')
    const total = await classifyRuns({
      which,
      version: this.classifierVersion,
      onRun: (run) =>
        this.logger.info(
          `run ${run.runId}: ${run.events} events, ${run.changed} classified otherwise`
        ),
    })
    process.stdout.write(`${JSON.stringify(total)}\n`)
  }

  #which(): { runId: number } | { since: Date } | null {
    const since = this.since === undefined ? null : new Date(`${this.since}T00:00:00Z`)
    if ((this.runId === undefined) === (since === null)) return null
    if (since !== null) return Number.isNaN(since.getTime()) ? null : { since }
    return Number.isSafeInteger(this.runId) ? { runId: this.runId as number } : null
  }
}
