import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from '#core/database/sql'
import { brokenInvariants } from '#core/ledger/broken_invariants'
import pluginKernel from '#core/plugins/main'
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

/**
 * SIGKILL of random workers while a campaign is sent. Each is replaced at once. At the end every recipient is accounted for: none
 * lost, none twice, and what nobody can know is named, no more than the windows of those who were killed.
 */
export async function killWorkers(context: MeasureContext) {
  const { options, say } = context
  const recipients = Number(options.recipients)
  const kills = Number(options.kills)
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
    let killed = 0
    let starting = 0
    while (killed < kills) {
      const figures = await runFigures(runId)
      if (!['expanding', 'running'].includes(figures.state)) break
      /** Spread over the run: the next one when its share of the messages is through */
      const due = Math.floor(((figures.audience - figures.pending) / recipients) * kills)
      if (figures.first_accepted_at === null || killed > due || starting > 1) {
        await sleep(50)
        continue
      }
      const victim = Math.floor(Math.random() * workers.length)
      const child = workers[victim]
      if (child.process.exitCode !== null || child.process.signalCode !== null) {
        await sleep(50)
        continue
      }
      child.process.kill('SIGKILL')
      await child.ended
      killed += 1
      starting += 1
      if (killed % 10 === 0) say(`${killed} killed, ${figures.pending} pending`)
      void aWorker(context.root, `worker ${victim + 1}`).then((fresh) => {
        workers[victim] = fresh
        starting -= 1
      })
    }
    const figures = await untilOver(runId, { patienceSeconds: 150 })
    while (starting > 0) await sleep(50)
    const told = await sink.figures()
    const { channel } = pluginKernel.channel('email')
    if (channel.kind !== 'messaging') throw new Error('email is no messaging channel')
    const window = channel.limits.batch * channel.limits.concurrency
    const accounted = await lostAmong(runId, new Set(await sink.recipients()))
    const broken = await brokenInvariants()

    const failed = [
      ...(told.repeated > 0 ? [`${told.repeated} messages came twice`] : []),
      ...(accounted.lost > 0 ? [`${accounted.lost} accepted messages never came`] : []),
      ...(accounted.unnamed > 0
        ? [`${accounted.unnamed} messages came that are not accepted or uncertain`]
        : []),
      ...(figures.uncertain > killed * window
        ? [`${figures.uncertain} uncertain, more than ${killed} × ${window}`]
        : []),
      ...(figures.state === 'finished' ? [] : [`the run is ${figures.state}`]),
      ...(figures.audience ===
      figures.accepted + figures.rejected + figures.uncertain + figures.excluded
        ? []
        : ['the sums do not close']),
      ...broken.map((one) => `ledger ${one.invariant} of ${one.subject} is off by ${one.off}`),
    ]
    return {
      recipients,
      received: told.messages,
      duplicates: told.repeated,
      lost: accounted.lost,
      uncertain: figures.uncertain,
      kills: killed,
      window,
      finished: figures.state === 'finished',
      failed,
    }
  } finally {
    await endWorkers(workers)
    await sink.stop()
  }
}

/** What the far side has beside what we say: accepted and not there, there and not named */
export async function lostAmong(
  runId: number,
  received: ReadonlySet<string>
): Promise<{ lost: number; unnamed: number }> {
  const rows = await sql<{ address: string; state: string }>(
    'select address, state from deliveries where run_id = $1',
    [runId]
  )
  const named = rows.filter((row) => row.state === 'accepted' || row.state === 'uncertain')
  const known = new Set(named.map((row) => row.address))
  return {
    lost: rows.filter((row) => row.state === 'accepted' && !received.has(row.address)).length,
    unnamed: [...received].filter((address) => !known.has(address)).length,
  }
}
