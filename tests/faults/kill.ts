import { setTimeout as sleep } from 'node:timers/promises'
import type { MeasureContext } from '#start/measure'
import { aWorker, runFigures, untilOver } from '#tests/measure_kit'
import { account, isOver, stepsDue, whileSending, windowOfOneWorker } from './sending_kit.js'

/** Milliseconds before each final answer while kills are behind */
const WAITING_MS = 300

/**
 * SIGKILL of random workers while a campaign is sent. Each is replaced at once. At the end every recipient is accounted for: none
 * lost, none twice, and what nobody can know is named, no more than the windows of those who were killed.
 */
export function killWorkers(context: MeasureContext) {
  const { options, say } = context
  const kills = Number(options.kills)
  return whileSending(context, async (sending) => {
    const { runId, workers } = sending
    let killed = 0
    let starting = 0
    let slowed = false
    while (killed < kills) {
      const figures = await runFigures(runId)
      if (isOver(figures)) break
      const due = stepsDue(figures, Number(options.recipients), kills)
      /** New workers take a second or two to begin: the mail server waits for them, or all would be sent before the last is killed */
      if (killed < due !== slowed) {
        slowed = killed < due
        sending.sink.slow(slowed ? WAITING_MS : 0)
      }
      const victim = Math.floor(Math.random() * workers.length)
      const child = workers[victim]
      const gone = child.process.exitCode !== null || child.process.signalCode !== null
      if (gone || starting > 1 || killed > due) {
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
    sending.sink.slow(0)
    const figures = await untilOver(runId, { patienceSeconds: 150 })
    while (starting > 0) await sleep(50)
    const { sums, failed } = await account(sending, figures)
    const window = windowOfOneWorker()
    return {
      ...sums,
      kills: killed,
      window,
      failed: [
        ...failed,
        ...(killed < kills ? [`it was over after ${killed} kills`] : []),
        ...(figures.uncertain > killed * window
          ? [`${figures.uncertain} uncertain, more than ${killed} × ${window}`]
          : []),
      ],
    }
  })
}
