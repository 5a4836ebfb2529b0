import { setTimeout as sleep } from 'node:timers/promises'
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
  untilOver,
  runFigures,
} from '#tests/measure_kit'
import { startSink } from '#tests/smtp/start_sink'
import { lostAmong } from './kill.js'

/**
 * Postgres goes away and comes back while a campaign is sent: in order, as after a crash, and for some seconds in which
 * connections are refused. Workers wait; what the far side said meanwhile is written when it is back.
 */
export async function restartPostgres(context: MeasureContext) {
  const { options, say } = context
  const recipients = Number(options.recipients)
  const restarts = Number(options.restarts)
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
    while (done < restarts) {
      const figures = await patiently(() => runFigures(runId))
      if (!['expanding', 'running'].includes(figures.state)) break
      const due = Math.floor(((figures.audience - figures.pending) / recipients) * restarts)
      if (figures.first_accepted_at === null || done > due) {
        await sleep(100)
        continue
      }
      const mode = done % 2 === 0 ? 'fast' : 'immediate'
      const awayMs = done % 3 === 2 ? 3_000 : 0
      say(`restart ${done + 1} (${mode}, away ${awayMs} ms) with ${figures.pending} pending`)
      await context.postgres.restart({ mode, awayMs })
      done += 1
    }
    const figures = await patiently(() => untilOver(runId, { patienceSeconds: 150 }))
    const told = await sink.figures()
    const accounted = await lostAmong(runId, new Set(await sink.recipients()))
    const broken = await brokenInvariants()
    const died = workers.filter((worker) => worker.process.exitCode !== null).length
    const failed = [
      ...(told.repeated > 0 ? [`${told.repeated} messages came twice`] : []),
      ...(accounted.lost > 0 ? [`${accounted.lost} accepted messages never came`] : []),
      ...(accounted.unnamed > 0 ? [`${accounted.unnamed} messages came that are not named`] : []),
      ...(died > 0 ? [`${died} workers ended by themselves`] : []),
      ...(done === restarts ? [] : [`only ${done} restarts fell into the run`]),
      ...(figures.state === 'finished' ? [] : [`the run is ${figures.state}`]),
      ...broken.map((one) => `ledger ${one.invariant} of ${one.subject} is off by ${one.off}`),
    ]
    return {
      recipients,
      received: told.messages,
      duplicates: told.repeated,
      lost: accounted.lost,
      uncertain: figures.uncertain,
      restarts: done,
      finished: figures.state === 'finished',
      failed,
    }
  } finally {
    await endWorkers(workers)
    await sink.stop()
  }
}

/** Asks again while Postgres is away */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
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
