import type Campaign from '../models/campaign.js'
import { whenOf } from './describe_sending.js'
import { readRecurrence } from './recurrence_form.js'
import type { Schedule } from '#core/schedules/read_schedule'
import type { SendingForm } from './sending.js'

/** What the fields of the sending step hold: what was saved, else what most people want */
export function sendingValues(o: {
  campaign: Campaign
  schedule: Schedule | null
  /** The account's zone */
  zone: string
}): SendingForm {
  const { campaign, schedule } = o
  const when = whenOf(campaign, schedule)
  const recurrence =
    schedule && when === 'repeat'
      ? readRecurrence(schedule.recurrence, schedule.startsAt)
      : { every: 'week' as const, interval: 1, weekdays: [], month_on: 'day' as const, rule: null }
  return {
    when,
    zone: schedule?.zone ?? o.zone,
    starts_at: schedule?.startsAt?.slice(0, 16) ?? null,
    ...recurrence,
    newcomers_every: schedule?.recurrence === 'FREQ=HOURLY' ? 'hour' : 'day',
    end: schedule?.until ? 'until' : schedule?.count ? 'count' : 'never',
    until: schedule?.until?.slice(0, 10) ?? null,
    count: schedule?.count ?? null,
    pace: campaign.pacePerHour,
    deadline: campaign.deadlineHours,
    quiet_from: campaign.quietFrom?.slice(0, 5) ?? null,
    quiet_until: campaign.quietUntil?.slice(0, 5) ?? null,
    cap_messages: campaign.capMessages,
    cap_days: campaign.capDays,
    canary: campaign.canaryPercent,
  }
}
