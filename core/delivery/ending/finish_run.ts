import { inTransaction } from '#core/database/in_transaction'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { sql } from '#core/database/sql'
import { endOfRun } from '#core/campaigns/lifecycle/end_of_run'
import { settleHold } from '#core/campaigns/lifecycle/settle_hold'
import { announceEnd } from '#core/runs/announce_progress'
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
export async function finishIfOver(runId: number): Promise<void> {
  const [run] = await sql(
    `select 1 from campaign_runs where id = $1 and state = 'running' and pending = 0`,
    [runId]
  )
  if (run) await finishRun(runId)
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
export async function finishRun(runId: number): Promise<FinishResult> {
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
      await excludeTheRest({ runId, reason: giveUp, trx })
      const [{ flying }] = await sql<{ flying: number }>(
        `select count(*)::int flying from deliveries where run_id = $1 and state = 'handing_over'`,
        [runId],
        trx
      )
      if (flying > 0) return 'in_flight' as const
    } else if (run.pending > 0) {
      return 'open' as const
    }

    if (run.kind === 'messaging') await checkSums(runId, trx)
    await sql(
      'update campaign_runs set state = $2, finished_at = now() where id = $1',
      [runId, cancelled ? 'cancelled' : 'finished'],
      trx
    )
    if (!cancelled)
      await endOfRun({
        campaignId: run.campaign_id,
        accountId: run.account_id,
        now: new Date(),
        trx,
      })
    await settleHold({ campaignId: run.campaign_id, n: run.hold_n, trx })
    return cancelled ? ('cancelled' as const) : ('finished' as const)
  })
  if (result === 'finished' || result === 'cancelled') await announceEnd(runId)
  return result
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
    `select r.campaign_id, r.account_id, c.state campaign_state, r.state run_state, r.audience, r.pending, c.kind, coalesce(r.deadline_at <= now(), false) late, r.hold_n
       from campaign_runs r join campaigns c on c.id = r.campaign_id where r.id = $1 for no key update of r`,
    [runId],
    trx
  )
  return locked
}

async function excludeTheRest(o: {
  runId: number
  reason: 'cancelled' | 'deadline'
  trx: TransactionClientContract
}) {
  /** A chunk whose worker died: what it was handing over cannot be known */
  await sql(
    `with lost as (
       update deliveries d set state = 'uncertain', detail = 'the worker ended while handing over', outcome_at = now()
         from delivery_chunks k
        where d.run_id = $1 and k.run_id = $1 and d.seq between k.from_seq and k.to_seq and d.state = 'handing_over' and d.lease = k.lease and k.lease_until < now()
       returning 1),
     rest as (
       update deliveries set state = 'excluded', reason = $2, lease = null, outcome_at = now()
        where run_id = $1 and state in ('pending', 'leased', 'deferred') returning 1),
     n as (select (select count(*)::int from lost) lost, (select count(*)::int from rest) rest)
     update campaign_runs set pending = pending - n.lost - n.rest, uncertain = uncertain + n.lost, excluded = excluded + n.rest,
            exclusions = case when n.rest = 0 then exclusions else jsonb_set(exclusions, array[$2], to_jsonb(coalesce((exclusions ->> $2)::int, 0) + n.rest)) end
       from n where id = $1`,
    [o.runId, o.reason],
    o.trx
  )
}

/** Rows in: all of the run. 15,000: 4 ms; 1,000,000: 0.3 s, once */
async function checkSums(runId: number, trx: TransactionClientContract) {
  const [sums] = await sql<{ audience: number; counted: number; rows: number; open: number }>(
    `select r.audience, r.accepted + r.rejected + r.uncertain + r.excluded counted, d.rows, d.open
       from campaign_runs r,
            (select count(*)::int rows, count(*) filter (where state in ('pending', 'leased', 'handing_over', 'deferred'))::int open from deliveries where run_id = $1) d
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
