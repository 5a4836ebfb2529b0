import type { MeasureContext } from '#start/measure'
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

/** Recipients of the small campaign */
const SMALL = 100

/** A campaign of a hundred alone, then beside one of a million of another account: seconds from launch to finished */
export async function benchFairness(context: MeasureContext) {
  const { options, say } = context
  const sink = await startSink()
  const workers: Child[] = []
  try {
    const { service } = await aMailService({ port: sink.port })
    const [small, large] = [await aRichClient(), await aRichClient()]
    const smallList = await aLargeList(small, { people: SMALL })
    const largeList = await aLargeList(large, { people: Number(options.recipients) })
    for (let n = 0; n < Number(options.workers); n++)
      workers.push(await aWorker(context.root, `worker ${n + 1}`))

    const once = async () => {
      const campaign = await aPaidCampaign({ client: small, service, listIds: [smallList] })
      const { runId, at } = await launch(small, campaign)
      const figures = await untilOver(runId)
      if (figures.accepted !== SMALL) throw new Error(`${figures.accepted} of ${SMALL} accepted`)
      return ((figures.finished_at?.getTime() ?? 0) - at) / 1_000
    }
    await once()
    const alone = await once()
    say(`alone: ${alone} s`)

    const campaign = await aPaidCampaign({ client: large, service, listIds: [largeList] })
    const { runId } = await launch(large, campaign)
    /** Well into the large one: whose turn it is has long been counted */
    while ((await runFigures(runId)).accepted < 5_000)
      await new Promise((resolve) => setTimeout(resolve, 200))
    const beside = await once()
    const { state, first_accepted_at: first, launched_at: launched } = await runFigures(runId)
    say(
      `first message of ${Number(options.recipients)}: ${(first?.getTime() ?? 0) - launched.getTime()} ms after the launch`
    )
    if (state !== 'running' && state !== 'expanding')
      throw new Error('the large campaign was over before the small one: take more recipients')
    return {
      alone_s: Number(alone.toFixed(2)),
      beside_million_s: Number(beside.toFixed(2)),
    }
  } finally {
    await endWorkers(workers)
    await sink.stop()
  }
}
