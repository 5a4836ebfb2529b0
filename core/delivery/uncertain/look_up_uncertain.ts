import type { Outcome } from '@griot/sdk'
import { SYSTEM } from '#core/database/actor'
import { addJob } from '#core/jobs/add_job'
import pluginKernel from '#core/plugins/main'
import { deliveryPool } from '#core/runs/delivery_pool'
import { uncertainSeqs } from '#core/runs/deliveries/uncertain_seqs'
import type { UncertainDecision } from '#core/runs/deliveries/decide_deliveries'
import type { Run } from '#core/runs/run'
import { lookUp } from './look_up.js'
import { settleUncertain } from './settle_uncertain.js'

/** Seconds before each time that the far side is asked again; after the last a person decides */
const AGAIN_SECONDS = [60, 300, 1_800, 7_200, 43_200] as const
/** Deliveries asked for in one job */
const AT_ONCE = 500

/**
 * Asks the far side about deliveries of a run that are uncertain, and settles those that it knows of. For channels that can be asked;
 * for others it does nothing.
 *
 * @param o.fromSeq and `toSeq` the range; all of the run when absent
 * @returns deliveries that are still uncertain
 */
export async function lookUpUncertain(o: {
  run: Run
  fromSeq?: number
  toSeq?: number
}): Promise<number> {
  const { run } = o
  const { channel, pluginId } = pluginKernel.channel(run.channel)
  if (channel.kind !== 'messaging' || channel.idempotency !== 'lookup') return 0
  const seqs = await uncertainSeqs(deliveryPool(), { runId: run.id, ...o, limit: AT_ONCE })
  const said = await lookUp({ pluginId, channelId: run.channel, channel, runId: run.id, seqs })
  let open = 0
  for (const [decision, meant] of Map.groupBy(seqs, (_seq, n) => decisionOf(said[n]))) {
    if (decision === null) open += meant.length
    else
      await settleUncertain({
        accountId: run.accountId,
        runId: run.id,
        seqs: meant,
        decision,
        by: SYSTEM,
        why: 'lookup',
      })
  }
  return open
}

function decisionOf(outcome: Outcome): UncertainDecision | null {
  switch (outcome.status) {
    case 'accepted':
    case 'rejected':
      return outcome.status
    case 'deferred':
      return 'resend'
    case 'unknown':
      return null
  }
}

/**
 * Asks again later about what is uncertain in a run, while it is worth it.
 *
 * @param o.round how often it was asked already, from 0
 */
export async function queueLookUp(o: {
  runId: number
  pluginId: string
  round: number
  now: Date
}): Promise<void> {
  const seconds = AGAIN_SECONDS.at(o.round)
  if (seconds === undefined) return
  await addJob(
    'delivery.look_up',
    { runId: o.runId, round: o.round + 1 },
    {
      key: `look_up:${o.runId}`,
      runAt: new Date(o.now.getTime() + seconds * 1_000),
      flags: [`plugin:${o.pluginId}`],
    }
  )
}
