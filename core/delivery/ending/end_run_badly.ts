import { inTransaction } from '#core/database/in_transaction'
import { SYSTEM } from '#core/database/actor'
import { sql } from '#core/database/sql'
import { changeState } from '#core/campaigns/lifecycle/change_state'
import { settleHold } from '#core/campaigns/lifecycle/settle_hold'
import { announceEnd } from '#core/runs/announce_progress'
import type { Run } from '#core/runs/load_run'

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
    await sql(
      `update campaign_runs set state = 'failed', error = $2, finished_at = now() where id = $1`,
      [run.id, why],
      trx
    )
    await settleHold({ campaignId: run.campaignId, trx })
  })
  await announceEnd(run.id)
}
