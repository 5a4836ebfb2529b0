import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from '#core/database/sql'
import { brokenInvariants } from '#core/ledger/broken_invariants'
import type { MeasureContext } from '#start/measures'
import type { Child } from '#start/child_processes'
import {
  aLargeList,
  aMailService,
  aPaidCampaign,
  aRichClient,
  aWorker,
  endWorkers,
  launch,
  runFigures,
  untilOver,
} from '#tests/measure_kit'
import { startSink } from '#tests/smtp/start_sink'
import { lostAmong } from './kill.js'

/** Seconds in which a worker must have ended after SIGTERM */
const LIMIT_SECONDS = 12

/**
 * Workers are asked to end, one after the other, in the middle of a campaign, and replaced, as an upgrade does it. What is in
 * flight is finished: nothing is uncertain, nothing is lost, nothing comes twice.
 */
export async function askWorkersToEnd(context: MeasureContext) {
  const { options, say } = context
  const recipients = Number(options.recipients)
  const stops = Number(options.stops)
  const sink = await startSink()
  const workers: Child[] = []
  try {
    const { service } = await aMailService({ port: sink.port })
    const client = await aRichClient()
    const listId = await aLargeList(client, { people: recipients })
    const campaign = await aPaidCampaign({ client, service, listIds: [listId] })
    for (let n = 0; n < Number(options.workers); n++)
      workers.push(await aWorker(context.root, `worker ${n + 1}`))
    const { runId } = await launch(client, campaign)

    let done = 0
    let slowest = 0
    const codes = new Set<number>()
    while (done < stops) {
      const figures = await runFigures(runId)
      if (!['expanding', 'running'].includes(figures.state)) break
      const due = Math.floor(((figures.audience - figures.pending) / recipients) * stops)
      if (figures.first_accepted_at === null || done > due) {
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
    const told = await sink.figures()
    const accounted = await lostAmong(runId, new Set(await sink.recipients()))
    const [{ locked }] = await sql<{ locked: number }>(
      `select count(*)::int locked from delivery_chunks where run_id = $1 and state = 'leased'`,
      [runId]
    )
    const broken = await brokenInvariants()
    const failed = [
      ...(done === stops ? [] : [`only ${done} stops fell into the run: take more recipients`]),
      ...(slowest > LIMIT_SECONDS * 1_000 ? [`a worker took ${slowest} ms to end`] : []),
      ...([...codes].every((code) => code === 0) ? [] : [`exit codes ${[...codes].join(', ')}`]),
      ...(told.repeated > 0 ? [`${told.repeated} messages came twice`] : []),
      ...(accounted.lost > 0 ? [`${accounted.lost} accepted messages never came`] : []),
      ...(figures.uncertain > 0 ? [`${figures.uncertain} uncertain after an orderly end`] : []),
      ...(locked > 0 ? [`${locked} chunks are still leased`] : []),
      ...(figures.state === 'finished' ? [] : [`the run is ${figures.state}`]),
      ...broken.map((one) => `ledger ${one.invariant} of ${one.subject} is off by ${one.off}`),
    ]
    return {
      recipients,
      received: told.messages,
      duplicates: told.repeated,
      lost: accounted.lost,
      uncertain: figures.uncertain,
      stops: done,
      slowest_end_ms: slowest,
      finished: figures.state === 'finished',
      failed,
    }
  } finally {
    await endWorkers(workers)
    await sink.stop()
  }
}
