import type { MeasureContext } from '#start/measure'
import {
  aLargeList,
  aMailService,
  aPaidCampaign,
  aRichClient,
  aWorker,
  endWorkers,
  launch,
  peakRssMb,
  untilOver,
} from '#tests/measure_kit'
import { startSink } from '#tests/smtp/start_sink'

/** Recipients of the run that the large one is compared with */
const SMALL = 10_000

/** Peak memory of a fresh worker that sends a small campaign, and of another that sends a large one */
export async function benchMemory(context: MeasureContext) {
  const sink = await startSink()
  try {
    const { service } = await aMailService({ port: sink.port, dkim: true })
    const client = await aRichClient()
    const peak = async (people: number) => {
      const listId = await aLargeList(client, { people, local: `gens${people}` })
      const campaign = await aPaidCampaign({ client, service, listIds: [listId] })
      const worker = await aWorker(context.root)
      try {
        const { runId } = await launch(client, campaign)
        const figures = await untilOver(runId)
        if (figures.accepted !== people) throw new Error(`${figures.accepted} of ${people}`)
        return peakRssMb(Number(worker.process.pid))
      } finally {
        await endWorkers([worker])
      }
    }
    const small = await peak(SMALL)
    context.say(`${SMALL}: ${small} MB`)
    const large = await peak(Number(context.options.recipients))
    return {
      rss_mb_10k: small,
      rss_mb_1m: large,
      growth: Number((large / small).toFixed(3)),
    }
  } finally {
    await sink.stop()
  }
}
