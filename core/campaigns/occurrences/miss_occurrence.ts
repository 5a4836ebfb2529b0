import { inTransaction } from '#core/database/in_transaction'
import { SYSTEM } from '#core/database/actor'
import { changeState, noteChange } from '../lifecycle/change_state.js'
import { closeOccurrence, type Outcome } from '#core/schedules/close_occurrence'
import { lockOccurrence } from './lock_occurrence.js'
import type { Schedule } from '#core/schedules/read_schedule'

/**
 * Records that an occurrence has no run: nobody was there to reach, or its time has passed. Nothing is held for it. When it was
 * the last, the campaign is finished.
 *
 * @returns `taken` when the occurrence is no longer the next
 */
export async function missOccurrence(o: {
  campaign: { readonly id: string; readonly accountId: string }
  schedule: Schedule
  occurrenceAt: Date
  outcome: Exclude<Outcome, { kind: 'made' }>
}): Promise<'nobody' | 'missed' | 'taken'> {
  const { campaign, outcome } = o
  const who = { campaignId: campaign.id, accountId: campaign.accountId, by: SYSTEM }
  return inTransaction(async (trx) => {
    if (!(await lockOccurrence({ campaignId: campaign.id, occurrenceAt: o.occurrenceAt, trx })))
      return 'taken'
    if (outcome.kind === 'missed')
      await noteChange({
        ...who,
        happened: {
          what: 'occurrence_missed',
          data: { occurrence: o.occurrenceAt.toISOString(), because: outcome.because },
        },
        trx,
      })
    const next = await closeOccurrence({ ...o, trx })
    if (next === null) await changeState({ ...who, from: ['scheduled'], to: 'finished', trx })
    return outcome.kind
  })
}
