import { sql } from '#core/database/sql'
import { brokenInvariants } from '#core/ledger/broken_invariants'
import pluginKernel from '#core/plugins/main'
import type { Child } from '#start/child_processes'
import type { MeasureContext } from '#start/measure'
import type { Client } from '#tests/line_kit'
import type Campaign from '#core/campaigns/models/campaign'
import {
  aLargeList,
  aMailService,
  aPaidCampaign,
  aRichClient,
  aWorker,
  endWorkers,
  launch,
  type RunFigures,
} from '#tests/measure_kit'
import { startSink, type Sink } from '#tests/smtp/start_sink'

/*
| What fault runs that break a campaign share: one that is being sent to a counting mail server by some workers, and the
| sums that must close whatever was broken.
*/

export type Sending = {
  readonly client: Client
  readonly campaign: Campaign
  readonly runId: number
  readonly sink: Sink
  /** May be replaced by who kills them; those that are here at the end are ended */
  readonly workers: Child[]
}

/**
 * Launches a campaign with `options.workers` workers and gives it to `work`; takes all of it down afterwards.
 *
 * @param o.lists lists by what their addresses begin with, and how many people each has; one of everybody when absent
 */
export async function whileSending<T>(
  context: MeasureContext,
  work: (sending: Sending) => Promise<T>,
  o: { lists?: ReadonlyMap<string, number>; domains?: number } = {}
): Promise<T> {
  const sink = await startSink()
  const workers: Child[] = []
  try {
    const { service } = await aMailService({ port: sink.port })
    const client = await aRichClient()
    const lists = o.lists ?? new Map([['gens', Number(context.options.recipients)]])
    const listIds: string[] = []
    for (const [local, people] of lists)
      listIds.push(await aLargeList(client, { people, local, domains: o.domains }))
    const campaign = await aPaidCampaign({ client, service, listIds })
    for (let n = 1; n <= Number(context.options.workers); n++)
      workers.push(await aWorker(context.root, `worker ${n}`))
    const { runId } = await launch(client, campaign)
    return await work({ client, campaign, runId, sink, workers })
  } finally {
    await endWorkers(workers)
    await sink.stop()
  }
}

/** Messages that one worker has in flight at most */
export function windowOfOneWorker(): number {
  const { channel } = pluginKernel.channel('email')
  if (channel.kind !== 'messaging') throw new Error('email is no messaging channel')
  return channel.limits.batch * channel.limits.concurrency
}

/** How many of `steps` are due when this share of the audience is through: breakages are spread over the run */
export function stepsDue(figures: RunFigures, recipients: number, steps: number): number {
  if (figures.first_accepted_at === null) return -1
  return Math.floor(((figures.audience - figures.pending) / recipients) * steps)
}

export const isOver = (figures: RunFigures) => !['expanding', 'running'].includes(figures.state)

/**
 * What the far side has beside what we say, and each sum that does not close: nobody lost, nobody twice, everything named, the
 * run finished, the books in order.
 */
export async function account({ runId, sink }: Sending, figures: RunFigures) {
  const told = await sink.figures()
  const received = new Set(await sink.recipients())
  const rows = await sql<{ address: string; state: string }>(
    'select address, state from deliveries where run_id = $1',
    [runId]
  )
  const named = new Set(
    rows
      .filter((row) => row.state === 'accepted' || row.state === 'uncertain')
      .map((row) => row.address)
  )
  const lost = rows.filter((row) => row.state === 'accepted' && !received.has(row.address)).length
  const unnamed = [...received].filter((address) => !named.has(address)).length
  const { audience, accepted, rejected, uncertain, excluded, state } = figures
  const failed = [
    ...(told.repeated > 0 ? [`${told.repeated} messages came twice`] : []),
    ...(lost > 0 ? [`${lost} accepted messages never came`] : []),
    ...(unnamed > 0 ? [`${unnamed} messages came that are not accepted or uncertain`] : []),
    ...(audience === accepted + rejected + uncertain + excluded ? [] : ['the sums do not close']),
    ...(state === 'finished' ? [] : [`the run is ${state}`]),
    ...(await brokenInvariants()).map(
      (one) => `ledger ${one.invariant} of ${one.subject} is off by ${one.off}`
    ),
  ]
  const sums = {
    recipients: audience,
    received: told.messages,
    duplicates: told.repeated,
    lost,
    uncertain,
    finished: state === 'finished',
  }
  return { sums, failed }
}
