import db from '@adonisjs/lucid/services/db'
import { SYSTEM } from '#core/database/actor'
import { sql } from '#core/database/sql'
import { changeState } from '#core/campaigns/change_state'
import { settleHold } from '#core/campaigns/settle_hold'
import { announceEnd } from './announce_progress.js'
import type { Run } from './run_snapshot.js'

/** Ends a run that cannot go on: the campaign fails with a reason that people read, and the rest of the money goes back */
export async function endRunBadly(run: Run, why: string): Promise<void> {
  await db.transaction(async (trx) => {
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
