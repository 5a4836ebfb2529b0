import { setTimeout as sleep } from 'node:timers/promises'
import { pauseCampaign } from '#core/campaigns/pause_campaign'
import { resumeCampaign } from '#core/campaigns/resume_campaign'
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
import { lostAmong } from './kill.js'

/** Milliseconds from the answer to "pause" within which the last message must have left */
const LIMIT_MS = 500

/**
 * Pauses and resumes a campaign again and again at full speed. After each pause messages end within half a second, at most
 * the windows in flight; in the end everybody has the message once.
 */
export async function pauseAndResume(context: MeasureContext) {
  const { options, say } = context
  const recipients = Number(options.recipients)
  const cycles = Number(options.cycles)
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
    while ((await sink.figures()).messages === 0) await sleep(20)

    const delays: number[] = []
    const counts: number[] = []
    let done = 0
    while (done < cycles) {
      if ((await runFigures(runId)).state !== 'running') {
        if (done === 0) {
          await sleep(50)
          continue
        }
        break
      }
      const before = (await sink.figures()).messages
      /** It must be at work again before it is paused anew, else the pause proves nothing */
      while ((await sink.figures()).messages === before) {
        if ((await runFigures(runId)).pending === 0) break
        await sleep(5)
      }
      if ((await runFigures(runId)).pending === 0) break
      await pauseCampaign({ campaign, by: client.by })
      const pausedAt = Date.now()
      const atPause = (await sink.figures()).messages
      /** Looks longer now and then: a message that came later than allowed would show there */
      await sleep(done % 50 === 0 ? 1_500 : 60)
      let last = await sink.figures()
      for (;;) {
        await sleep(40)
        const now = await sink.figures()
        if (now.messages === last.messages) break
        last = now
      }
      delays.push(Math.max(0, last.lastAt - pausedAt))
      counts.push(last.messages - atPause)
      await resumeCampaign({ campaign, by: client.by })
      done += 1
      if (done % 100 === 0) say(`${done} cycles, ${(await runFigures(runId)).pending} pending`)
    }
    const figures = await untilOver(runId, { patienceSeconds: 150 })
    const told = await sink.figures()
    const accounted = await lostAmong(runId, new Set(await sink.recipients()))
    const { channel } = pluginKernel.channel('email')
    if (channel.kind !== 'messaging') throw new Error('email is no messaging channel')
    const window = channel.limits.batch * channel.limits.concurrency * Number(options.workers)
    const slowest = Math.max(...delays)
    const most = Math.max(...counts)
    const broken = await brokenInvariants()
    const failed = [
      ...(done === cycles ? [] : [`only ${done} pauses fell into the run: take more recipients`]),
      ...(slowest > LIMIT_MS ? [`a message left ${slowest} ms after a pause`] : []),
      ...(most > window ? [`${most} messages left after a pause, more than ${window}`] : []),
      ...(told.repeated > 0 ? [`${told.repeated} messages came twice`] : []),
      ...(accounted.lost > 0 ? [`${accounted.lost} accepted messages never came`] : []),
      ...(figures.accepted === recipients ? [] : [`${figures.accepted} accepted`]),
      ...(figures.state === 'finished' ? [] : [`the run is ${figures.state}`]),
      ...broken.map((one) => `ledger ${one.invariant} of ${one.subject} is off by ${one.off}`),
    ]
    delays.sort((a, b) => a - b)
    return {
      recipients,
      received: told.messages,
      duplicates: told.repeated,
      lost: accounted.lost,
      uncertain: figures.uncertain,
      cycles: done,
      window,
      pause_ms_p50: delays[Math.floor(delays.length / 2)],
      pause_ms_max: slowest,
      messages_after_pause_max: most,
      finished: figures.state === 'finished',
      failed,
    }
  } finally {
    await endWorkers(workers)
    await sink.stop()
  }
}
