import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { SYSTEM } from '#core/database/actor'
import { sql } from '#core/database/sql'
import { waitedForRun } from '#core/schedules/move_schedule'
import { changeState } from './change_state.js'

/**
 * Says where a campaign stands when one of its runs has ended by itself: finished, or scheduled again when its schedule goes
 * on. One that people paused meanwhile stays paused, and goes on when they resume it. The caller holds the campaign's row.
 *
 * @param o.now the clock: an occurrence that came due during the run is marked as having waited for it
 */
export async function endOfRun(o: {
  campaignId: string
  accountId: string
  now: Date
  trx: TransactionClientContract
}): Promise<'finished' | 'scheduled' | 'paused'> {
  const { campaignId, accountId, trx } = o
  const [campaign] = await sql<{ state: string; goes_on: boolean }>(
    `select c.state, coalesce(s.state = 'active', false) goes_on
       from campaigns c left join campaign_schedules s on s.campaign_id = c.id
         where c.id = $1::uuid and c.account_id = $2::uuid`,
    [campaignId, accountId],
    trx
  )
  if (!campaign?.goes_on) {
    await changeState({
      campaignId,
      accountId,
      from: ['running', 'paused'],
      to: 'finished',
      by: SYSTEM,
      trx,
    })
    return 'finished'
  }
  await waitedForRun(o)
  if (campaign.state === 'paused') return 'paused'
  await changeState({
    campaignId,
    accountId,
    from: ['running'],
    to: 'scheduled',
    by: SYSTEM,
    trx,
  })
  return 'scheduled'
}
