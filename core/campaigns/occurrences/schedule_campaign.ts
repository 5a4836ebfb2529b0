import { inTransaction } from '#core/database/in_transaction'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import type { Actor } from '#core/database/actor'
import { activateSchedule } from '#core/schedules/move_schedule'
import { addJob } from '#core/jobs/add_job'
import { changeState } from '../lifecycle/change_state.js'
import { CampaignNotReadyError } from '../errors.js'
import { launchesMustBeOpen } from '../lifecycle/launch_campaign.js'
import type Campaign from '../models/campaign.js'
import { occurrenceAfter, type Schedule } from '#core/schedules/read_schedule'
import { instantOf, wallOf } from '#core/schedules/wall_clock'

/**
 * Lets a paid campaign start at its time.
 *
 * @throws CampaignNotReadyError when the time is past
 * @throws CampaignStateError when the campaign is not paid
 * @throws LaunchesClosedError
 */
export async function scheduleCampaign(o: {
  campaign: Campaign
  schedule: Schedule
  by: Actor
  now: Date
}): Promise<void> {
  const start = startOf(o)
  await launchesMustBeOpen(o.campaign.accountId)
  await inTransaction(async (trx) => {
    await changeState({
      campaignId: o.campaign.id,
      accountId: o.campaign.accountId,
      from: ['paid'],
      to: 'scheduled',
      by: o.by,
      trx,
    })
    await activate({ ...o, start, ceiling: null, trx })
  })
}

/**
 * The first occurrence of a launch now, and the wall-clock time it is counted from. A schedule without a start begins with the
 * minute of its launch.
 *
 * @throws CampaignNotReadyError when nothing of the schedule is still to come
 */
export function startOf(o: { schedule: Schedule; now: Date }): { startsAt: string; first: Date } {
  const { schedule, now } = o
  if (schedule.startsAt === null) {
    const startsAt = `${wallOf(now, schedule.zone).slice(0, 16)}:00`
    return { startsAt, first: instantOf(startsAt, schedule.zone) }
  }
  const first = occurrenceAfter({ schedule, after: now, done: 0 })
  if (!first) throw new CampaignNotReadyError('past')
  return { startsAt: schedule.startsAt, first }
}

/** Begins a schedule: from here on the minute tick looks at it */
export async function activate(o: {
  campaign: Campaign
  start: { startsAt: string; first: Date }
  ceiling: bigint | null
  now: Date
  trx: TransactionClientContract
}): Promise<void> {
  const { id: campaignId, accountId } = o.campaign
  await activateSchedule({ campaignId, accountId, ...o.start, ceiling: o.ceiling, trx: o.trx })
  if (o.start.first <= o.now) await tickSoon(o.trx)
}

/** Does not wait for the next minute */
export async function tickSoon(trx: TransactionClientContract): Promise<void> {
  await addJob('campaigns.tick', {}, { key: 'campaigns.tick:soon', trx })
}
