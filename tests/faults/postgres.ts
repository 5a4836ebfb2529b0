import { setTimeout as sleep } from 'node:timers/promises'
import type { MeasureContext } from '#start/measure'
import { runFigures, untilOver } from '#tests/measure_kit'
import { account, isOver, stepsDue, whileSending } from './sending_kit.js'

/** Milliseconds for which Postgres refuses connections, each third time */
const AWAY_MS = 3_000

/**
 * Postgres goes away and comes back while a campaign is sent: in order, as after a crash, and for some seconds in which
 * connections are refused. Workers wait; what the far side said meanwhile is written when it is back.
 */
export function restartPostgres(context: MeasureContext) {
  const { options, say } = context
  const restarts = Number(options.restarts)
  return whileSending(context, async (sending) => {
    const { runId, workers } = sending
    let done = 0
    while (done < restarts) {
      const figures = await retrying(() => runFigures(runId))
      if (isOver(figures)) break
      if (done > stepsDue(figures, Number(options.recipients), restarts)) {
        await sleep(100)
        continue
      }
      const mode = done % 2 === 0 ? 'fast' : 'immediate'
      const awayMs = done % 3 === 2 ? AWAY_MS : 0
      say(`restart ${done + 1} (${mode}, away ${awayMs} ms) with ${figures.pending} pending`)
      await context.postgres.restart({ mode, awayMs })
      done += 1
    }
    const figures = await retrying(() => untilOver(runId, { patienceSeconds: 150 }))
    const { sums, failed } = await account(sending, figures)
    const died = workers.filter((worker) => worker.process.exitCode !== null).length
    return {
      ...sums,
      restarts: done,
      failed: [
        ...failed,
        ...(died > 0 ? [`${died} workers ended by themselves`] : []),
        ...(done === restarts ? [] : [`only ${done} restarts fell into the run`]),
      ],
    }
  })
}

/** Asks again while Postgres is away */
async function retrying<T>(ask: () => Promise<T>): Promise<T> {
  const until = Date.now() + 60_000
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (Date.now() > until || (error as Error).message.includes('stands still')) throw error
      await sleep(200)
    }
  }
}
