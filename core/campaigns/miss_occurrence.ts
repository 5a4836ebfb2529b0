import db from '@adonisjs/lucid/services/db'
import { SYSTEM } from '#core/database/actor'
import { changeState, noteChange } from './change_state.js'
import { closeOccurrence, type Outcome } from './close_occurrence.js'
import { lockOccurrence } from './lock_occurrence.js'
import type { Schedule } from './read_schedule.js'

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
  return db.transaction(async (trx) => {
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
