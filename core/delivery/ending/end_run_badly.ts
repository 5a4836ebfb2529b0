import { inTransaction } from '#core/database/in_transaction'
import { SYSTEM } from '#core/database/actor'
import { changeState } from '#core/campaigns/lifecycle/change_state'
import { hasOpenCosts } from '#core/campaigns/lifecycle/open_costs'
import { settleHold } from '#core/campaigns/lifecycle/settle_hold'
import { announceEnd } from '#core/runs/announce_progress'
import { endRun } from '#core/runs/end_run'
import type { Run } from '#core/runs/run'

/** Ends a run that cannot go on: the campaign fails with a reason that people read, and the rest of the money goes back */
export async function endRunBadly(run: Run, why: string): Promise<void> {
  await inTransaction(async (trx) => {
    await changeState({
      campaignId: run.campaignId,
      accountId: run.accountId,
      from: ['running', 'paused'],
      to: 'failed',
      by: SYSTEM,
      why,
      trx,
    })
    await endRun({ runId: run.id, state: 'failed', why, trx })
    if (!(await hasOpenCosts(run.id, trx))) await settleHold({ campaignId: run.campaignId, trx })
  })
  await announceEnd(run.id)
}
