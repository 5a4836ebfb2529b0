import { inTransaction } from '#core/database/in_transaction'
import { SYSTEM } from '#core/database/actor'
import { refuseNext } from '#core/schedules/move_schedule'
import { changeState, type Happening } from '../lifecycle/change_state.js'
import { lockOccurrence } from './lock_occurrence.js'

/**
 * Pauses a campaign whose next occurrence cannot be made until a person decides: approves a higher ceiling, tops the wallet
 * up, completes the message. The reason stands in its history; resuming makes the occurrence.
 *
 * @returns `taken` when the occurrence is no longer the next
 */
export async function refuseOccurrence(o: {
  campaign: { readonly id: string; readonly accountId: string }
  occurrenceAt: Date
  because: Happening
}): Promise<'refused' | 'taken'> {
  return inTransaction(async (trx) => {
    if (!(await lockOccurrence({ campaignId: o.campaign.id, occurrenceAt: o.occurrenceAt, trx })))
      return 'taken'
    await changeState({
      campaignId: o.campaign.id,
      accountId: o.campaign.accountId,
      from: ['scheduled'],
      to: 'paused',
      by: SYSTEM,
      happened: {
        ...o.because,
        data: { ...o.because.data, occurrence: o.occurrenceAt.toISOString() },
      },
      trx,
    })
    await refuseNext({ campaignId: o.campaign.id, accountId: o.campaign.accountId, trx })
    return 'refused'
  })
}
