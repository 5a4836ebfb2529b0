import { setTimeout as sleep } from 'node:timers/promises'
import { pauseCampaign } from '#core/campaigns/lifecycle/pause_campaign'
import { resumeCampaign } from '#core/campaigns/lifecycle/resume_campaign'
import type { MeasureContext } from '#start/measure'
import { runFigures, untilOver } from '#tests/measure_kit'
import { account, whileSending, windowOfOneWorker } from './sending_kit.js'

/** Milliseconds from the answer to "pause" within which the last message must have left */
const LIMIT_MS = 500

/**
 * Pauses and resumes a campaign again and again at full speed. After each pause messages end within half a second, at most
 * the windows in flight; in the end everybody has the message once.
 */
export function pauseAndResume(context: MeasureContext) {
  const { options, say } = context
  const cycles = Number(options.cycles)
  return whileSending(context, async (sending) => {
    const { client, campaign, runId, sink } = sending
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
      await resumeCampaign({ campaign, by: client.by, now: new Date() })
      done += 1
      if (done % 100 === 0) say(`${done} cycles, ${(await runFigures(runId)).pending} pending`)
    }
    const figures = await untilOver(runId, { patienceSeconds: 150 })
    const { sums, failed } = await account(sending, figures)
    const window = windowOfOneWorker() * Number(options.workers)
    const slowest = Math.max(...delays)
    const most = Math.max(...counts)
    delays.sort((a, b) => a - b)
    return {
      ...sums,
      cycles: done,
      window,
      pause_ms_p50: delays[Math.floor(delays.length / 2)],
      pause_ms_max: slowest,
      messages_after_pause_max: most,
      failed: [
        ...failed,
        ...(done === cycles ? [] : [`only ${done} pauses fell into the run: take more recipients`]),
        ...(slowest > LIMIT_MS ? [`a message left ${slowest} ms after a pause`] : []),
        ...(most > window ? [`${most} messages left after a pause, more than ${window}`] : []),
        ...(figures.accepted === figures.audience ? [] : [`${figures.accepted} accepted`]),
      ],
    }
  })
}
