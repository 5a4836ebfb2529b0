import { hasOpenCosts, takeOpenCosts } from '#core/campaigns/lifecycle/open_costs'
import { settleHold } from '#core/campaigns/lifecycle/settle_hold'
import { inTransaction } from '#core/database/in_transaction'
import { sql } from '#core/database/sql'
import { addRunCost } from '#core/runs/add_run_cost'
import { deliveryPool } from '#core/runs/delivery_pool'
import { loadRun } from '#core/runs/load_run'
import { captureCost } from '../dispatch/capture_cost.js'

const HOUR_MS = 3_600_000

/**
 * Ends the holds of runs that are over and were kept open for what became of their deliveries: when all is known, or when the channel's
 * hours are over, by what it says of deliveries of which nobody heard. Once a minute; safe to run twice.
 */
export async function settleRuns(now: Date): Promise<void> {
  const runs = await sql<{ id: number; finishedAt: Date }>(
    `select r.id, r.finished_at "finishedAt"
       from campaign_holds h
       join campaign_runs r on r.campaign_id = h.campaign_id and r.hold_n = h.n
      where h.state = 'open' and r.finished_at is not null
        and r.rules -> 'settlement' ->> 'on' = 'final'
      order by r.id`
  )
  for (const { id, finishedAt } of runs) await settleRun({ runId: id, finishedAt, now })
}

async function settleRun(o: { runId: number; finishedAt: Date; now: Date }): Promise<void> {
  const run = await loadRun(o.runId)
  if (run?.rules.settlement.on !== 'final') return
  const { withinHours, unanswered } = run.rules.settlement
  const isOver = o.finishedAt.getTime() + withinHours * HOUR_MS <= o.now.getTime()
  if (isOver)
    await inTransaction(deliveryPool(), async (client) => {
      const open = await takeOpenCosts(client, { runId: run.id })
      if (open.length === 0 || unanswered === 'release') return
      const costMicro = open.reduce((sum, one) => sum + one.costMicro, 0n)
      await addRunCost(client, { runId: run.id, costMicro })
      await captureCost({ client, run, costMicro, chunk: `${run.id}:unanswered:${open[0].seq}` })
    })
  await inTransaction(async (trx) => {
    if (await hasOpenCosts(run.id, trx)) return
    await settleHold({ campaignId: run.campaignId, n: run.holdN, trx })
  })
}
