import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from '#core/database/sql'
import type { MeasureContext } from '#start/measure'
import { aWorker, runFigures, untilOver } from '#tests/measure_kit'
import { account, isOver, stepsDue, whileSending } from './sending_kit.js'

/** Milliseconds in which a worker must have ended after SIGTERM */
const LIMIT_MS = 12_000

/**
 * Workers are asked to end, one after the other, in the middle of a campaign, and replaced, as an upgrade does it. What is in
 * flight is finished: nothing is uncertain, nothing is lost, nothing comes twice.
 */
export function askWorkersToEnd(context: MeasureContext) {
  const { options, say } = context
  const stops = Number(options.stops)
  return whileSending(context, async (sending) => {
    const { runId, workers } = sending
    let done = 0
    let slowest = 0
    const codes = new Set<number>()
    while (done < stops) {
      const figures = await runFigures(runId)
      if (isOver(figures)) break
      if (done > stepsDue(figures, Number(options.recipients), stops)) {
        await sleep(50)
        continue
      }
      const victim = done % workers.length
      const at = Date.now()
      workers[victim].process.kill('SIGTERM')
      codes.add(await workers[victim].ended)
      slowest = Math.max(slowest, Date.now() - at)
      done += 1
      say(`stop ${done}: ended after ${Date.now() - at} ms, ${figures.pending} pending`)
      workers[victim] = await aWorker(context.root, `worker ${victim + 1}`)
    }
    const figures = await untilOver(runId, { patienceSeconds: 150 })
    const { sums, failed } = await account(sending, figures)
    const [{ leased }] = await sql<{ leased: number }>(
      `select count(*)::int leased from delivery_chunks where run_id = $1 and state = 'leased'`,
      [runId]
    )
    return {
      ...sums,
      stops: done,
      slowest_end_ms: slowest,
      failed: [
        ...failed,
        ...(done === stops ? [] : [`only ${done} stops fell into the run: take more recipients`]),
        ...(slowest > LIMIT_MS ? [`a worker took ${slowest} ms to end`] : []),
        ...([...codes].every((code) => code === 0) ? [] : [`exit codes ${[...codes].join(', ')}`]),
        ...(figures.uncertain > 0 ? [`${figures.uncertain} uncertain after an orderly end`] : []),
        ...(leased > 0 ? [`${leased} chunks are still leased`] : []),
      ],
    }
  })
}
