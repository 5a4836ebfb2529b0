import { inTransaction } from '#core/database/in_transaction'
import { SYSTEM } from '#core/database/actor'
import { sql } from '#core/database/sql'
import { moveCanary } from '#core/runs/move_canary'
import { changeState } from '#core/campaigns/lifecycle/change_state'

/** Minutes that a canary is watched after its last message: bounces and complaints come late */
export const CANARY_WATCH_MINUTES = 30

/** Shares of the canary from which on the rest is held back */
export const CANARY_THRESHOLDS = {
  bounced: 0.02,
  complained: 0.002,
  unsubscribed: 0.01,
} as const
export type CanaryFault = keyof typeof CANARY_THRESHOLDS

type Canary = {
  id: number
  campaign_id: string
  account_id: string
  canary_state: 'sending' | 'waiting'
  watched: boolean
  done: boolean
  sent: number
  bounced: number
  complained: number
  unsubscribed: number
}

/**
 * Looks at the canaries of live runs: when the first part is through and was watched for a while, the rest is let go; when too
 * many of it bounced, complained or left, the campaign pauses and says why. A person may let it go all the same, by resuming.
 *
 * @returns runs whose rest was let go
 */
export async function checkCanaries(o: { now: Date }): Promise<number[]> {
  const canaries = await sql<Canary>(
    `select r.id, r.campaign_id, r.account_id, r.canary_state,
      coalesce(r.canary_until <= $1::timestamptz, false) watched,
            r.state = 'running' and not exists (select 1 from delivery_chunks c
              where c.run_id = r.id and c.state in ('open', 'leased')) done,
            r.accepted + r.rejected sent, r.rejected + r.bounced bounced, r.complained,
              r.unsubscribed
       from campaign_runs r join campaigns g on g.id = r.campaign_id
      where r.state in ('expanding', 'running') and g.state = 'running'
        and r.canary_state in ('sending', 'waiting')`,
    [o.now.toISOString()]
  )
  const released: number[] = []
  for (const canary of canaries) {
    const fault = faultOf(canary)
    if (fault && (canary.done || canary.canary_state === 'waiting')) await holdBack(canary, fault)
    else if (canary.canary_state === 'sending' && canary.done)
      await moveCanary({
        runId: canary.id,
        from: ['sending'],
        to: 'waiting',
        until: new Date(o.now.getTime() + CANARY_WATCH_MINUTES * 60_000),
      })
    else if (
      canary.canary_state === 'waiting' &&
      canary.watched &&
      (await releaseCanary(canary.id))
    )
      released.push(canary.id)
  }
  return released
}

function faultOf(canary: Canary): CanaryFault | null {
  if (canary.sent === 0) return null
  const kinds = Object.keys(CANARY_THRESHOLDS) as CanaryFault[]
  return kinds.find((kind) => canary[kind] / canary.sent > CANARY_THRESHOLDS[kind]) ?? null
}

async function holdBack(canary: Canary, fault: CanaryFault): Promise<void> {
  await inTransaction(async (trx) => {
    await changeState({
      campaignId: canary.campaign_id,
      accountId: canary.account_id,
      from: ['running'],
      to: 'paused',
      by: SYSTEM,
      happened: {
        what: `canary_${fault}`,
        data: { count: canary[fault], sent: canary.sent, limit: CANARY_THRESHOLDS[fault] },
      },
      trx,
    })
    await moveCanary({ runId: canary.id, from: ['sending', 'waiting'], to: 'failed', trx })
  })
}

/**
 * Lets the rest of a run go.
 *
 * @returns false when nothing was held back
 */
export async function releaseCanary(runId: number): Promise<boolean> {
  return inTransaction(async (trx) => {
    const moved = await moveCanary({
      runId,
      from: ['sending', 'waiting', 'failed'],
      to: 'passed',
      trx,
    })
    if (!moved) return false
    const opened = await sql(
      `update delivery_chunks set state = 'open' where run_id = $1 and state = 'held' returning 1`,
      [runId],
      trx
    )
    return opened.length > 0
  })
}
