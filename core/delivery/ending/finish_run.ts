import { inTransaction } from '#core/database/in_transaction'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { sql } from '#core/database/sql'
import { endOfRun } from '#core/campaigns/lifecycle/end_of_run'
import { hasOpenCosts } from '#core/campaigns/lifecycle/open_costs'
import { settleHold } from '#core/campaigns/lifecycle/settle_hold'
import { announceEnd } from '#core/runs/announce_progress'
import { excludeTheRest } from '#core/runs/deliveries/exclude_the_rest'
import { endRun } from '#core/runs/end_run'
import { canBeAsked } from '../uncertain/look_up.js'
import { queueLookUp } from '../uncertain/look_up_uncertain.js'
import { RunArithmeticError } from '../errors.js'

export type FinishResult = 'finished' | 'cancelled' | 'open' | 'in_flight' | 'over'

type Locked = {
  campaign_id: string
  account_id: string
  campaign_state: string
  run_state: string
  audience: number
  pending: number
  kind: string
  late: boolean
  hold_n: number
}

/** Ends a run when its counters say that nothing is open; without a lock when they do not */
export async function finishIfOver(runId: number, now: Date): Promise<void> {
  const [run] = await sql(
    `select 1 from campaign_runs where id = $1 and state = 'running' and pending = 0`,
    [runId]
  )
  if (run) await finishRun(runId, now)
}

/**
 * Ends a run by arithmetic: when no row is in a state that can still change by sending, never because a fetch came
 * back empty. The campaign's end and the release of what was not spent are one transaction.
 *
 * For a cancelled campaign, and for a run past its deadline, what was not handed over is excluded; while windows are still in
 * flight it says so and the caller comes back.
 *
 * @throws RunArithmeticError when audience ≠ accepted + rejected + uncertain + excluded
 */
export async function finishRun(runId: number, now: Date): Promise<FinishResult> {
  const result = await inTransaction(async (trx) => {
    const run = await lockRun(runId, trx)
    if (
      !run ||
      run.run_state === 'finished' ||
      run.run_state === 'cancelled' ||
      run.run_state === 'failed'
    )
      return 'over' as const

    const cancelled = run.campaign_state === 'cancelled'
    const giveUp = cancelled ? 'cancelled' : run.late ? 'deadline' : null
    if (run.run_state === 'expanding' && giveUp === null) return 'open' as const
    if (giveUp !== null) {
      const { handingOver } = await excludeTheRest({
        runId,
        reason: giveUp,
        lostLeases: await lostLeases(runId, trx),
        trx,
      })
      if (handingOver > 0) return 'in_flight' as const
    } else if (run.pending > 0) {
      return 'open' as const
    }

    if (run.kind === 'messaging') await checkSums(runId, trx)
    await endRun({ runId, state: cancelled ? 'cancelled' : 'finished', trx })
    if (!cancelled)
      await endOfRun({
        campaignId: run.campaign_id,
        accountId: run.account_id,
        now,
        trx,
      })
    /** What its messages cost may be known later: settlement/settle_runs.ts ends the hold then */
    if (!(await hasOpenCosts(runId, trx)))
      await settleHold({ campaignId: run.campaign_id, n: run.hold_n, trx })
    return cancelled ? ('cancelled' as const) : ('finished' as const)
  })
  if (result === 'finished' || result === 'cancelled') {
    await announceEnd(runId)
    await askAboutTheRest(runId, now)
  }
  return result
}

/** What a dead worker left unknown in a run that ended meanwhile is asked for as well, where the far side can be */
async function askAboutTheRest(runId: number, now: Date): Promise<void> {
  const [run] = await sql<{ channel: string; plugin_id: string }>(
    'select channel, plugin_id from campaign_runs where id = $1 and uncertain > 0',
    [runId]
  )
  if (run && canBeAsked(run.channel))
    await queueLookUp({ runId, pluginId: run.plugin_id, round: 0, now })
}

async function lockRun(runId: number, trx: TransactionClientContract): Promise<Locked | undefined> {
  const [row] = await sql<{ campaign_id: string }>(
    'select campaign_id from campaign_runs where id = $1',
    [runId],
    trx
  )
  if (!row) return undefined
  /** The campaign first, as everywhere: one order of locks */
  await sql('select 1 from campaigns where id = $1::uuid for no key update', [row.campaign_id], trx)
  const [locked] = await sql<Locked>(
    `select r.campaign_id, r.account_id, c.state campaign_state, r.state run_state, r.audience,
      r.pending, c.kind, coalesce(r.deadline_at <= now(), false) late, r.hold_n
       from campaign_runs r join campaigns c on c.id = r.campaign_id where r.id = $1
         for no key update of r`,
    [runId],
    trx
  )
  return locked
}

/** Leases of chunks whose worker is gone */
async function lostLeases(runId: number, trx: TransactionClientContract): Promise<string[]> {
  const lost = await sql<{ lease: string }>(
    `select lease from delivery_chunks where run_id = $1 and lease is not null
      and lease_until < now()`,
    [runId],
    trx
  )
  return lost.map((chunk) => chunk.lease)
}

/** Rows in: all of the run. 15,000: 4 ms; 1,000,000: 0.3 s, once */
async function checkSums(runId: number, trx: TransactionClientContract) {
  const [sums] = await sql<{ audience: number; counted: number; rows: number; open: number }>(
    `select r.audience, r.accepted + r.rejected + r.uncertain + r.excluded counted, d.rows, d.open
       from campaign_runs r,
            (select count(*)::int rows, count(*) filter (where state in ('pending', 'leased',
              'handing_over', 'deferred'))::int open from deliveries where run_id = $1) d
      where r.id = $1`,
    [runId],
    trx
  )
  if (sums.audience !== sums.counted || sums.audience !== sums.rows || sums.open !== 0) {
    throw new RunArithmeticError({
      runId,
      audience: sums.audience,
      rows: sums.counted,
      when: `at the end, ${sums.open} open`,
    })
  }
}
