import { sentenceOf } from '#core/errors/kernel_error'
import { DateTime } from 'luxon'
import logger from '@adonisjs/core/services/logger'
import { sql } from '#core/database/sql'
import { flags } from '#core/flags/main'
import { InsufficientFundsError } from '#core/ledger/errors'
import { ChannelUnavailableError, PluginError } from '#core/plugins/errors'
import type { Happening } from '../lifecycle/change_state.js'
import { CampaignNotReadyError, CeilingExceededError } from '../errors.js'
import { makeOccurrence } from './make_occurrence.js'
import { missOccurrence } from './miss_occurrence.js'
import Campaign from '../models/campaign.js'
import { waitFor } from '#core/schedules/move_schedule'
import { readSchedule, type Schedule, type WaitingFor } from '#core/schedules/read_schedule'
import { refuseOccurrence } from './refuse_occurrence.js'

export type OccurrenceEnd = 'made' | 'nobody' | 'missed' | 'refused' | 'waiting' | 'taken'

/** Campaigns looked at in one turn, and occurrences of one campaign: the rest waits for the next minute */
const CAMPAIGNS = 500
const OCCURRENCES = 500

/**
 * Makes what is due. Called every minute, by one process or by many at once: each occurrence is made once.
 *
 * An occurrence that is late (the system was stopped, a run of the same campaign went on, the channel was away) is made as long as it
 * is younger than `graceHours`; an older one is recorded as missed. Nothing is left without a record.
 *
 * @param o.now the clock
 * @throws the first error that nobody expected, after every other campaign had its turn
 */
export async function runDueOccurrences(o: {
  now: Date
  graceHours: number
}): Promise<OccurrenceEnd[]> {
  /* Rows in: those that are due, by the partial index on next_at. 10,000 schedules, 40 due: 0.1 ms */
  const due = await sql<{ campaign_id: string }>(
    `select s.campaign_id from campaign_schedules s join campaigns c on c.id = s.campaign_id
      where s.state = 'active' and s.next_at <= $1::timestamptz and c.state = 'scheduled'
        order by s.next_at limit $2`,
    [o.now.toISOString(), CAMPAIGNS]
  )
  const ends: OccurrenceEnd[] = []
  const failures: unknown[] = []
  for (const { campaign_id: campaignId } of due) {
    try {
      ends.push(...(await catchUp({ ...o, campaignId })))
    } catch (error) {
      failures.push(error)
      logger.error({ err: error, campaignId }, 'an occurrence could not be made')
    }
  }
  if (failures.length > 0) throw failures[0]
  return ends
}

/** The due occurrences of one campaign, oldest first, until one has a run or must wait */
async function catchUp(o: {
  campaignId: string
  now: Date
  graceHours: number
}): Promise<OccurrenceEnd[]> {
  const ends: OccurrenceEnd[] = []
  while (ends.length < OCCURRENCES) {
    const campaign = await Campaign.acrossAccounts('the scheduler serves every account')
      .where('id', o.campaignId)
      .firstOrFail()
    const schedule = await readSchedule({ campaignId: campaign.id, accountId: campaign.accountId })
    const occurrenceAt = schedule?.nextAt
    if (!schedule || !occurrenceAt || occurrenceAt > o.now) break
    const end = await takeOccurrence({ ...o, campaign, schedule, occurrenceAt })
    ends.push(end)
    if (end !== 'nobody' && end !== 'missed') break
  }
  return ends
}

type Taking = {
  campaign: Campaign
  schedule: Schedule
  occurrenceAt: Date
  now: Date
  graceHours: number
}

async function takeOccurrence(o: Taking): Promise<OccurrenceEnd> {
  const { schedule } = o
  /** A person resumed the campaign for this very occurrence */
  const wanted = schedule.refusedAt?.getTime() === o.occurrenceAt.getTime()
  if (!wanted) {
    const once = schedule.recurrence === 'once'
    if (schedule.skipBefore && o.occurrenceAt < schedule.skipBefore)
      return missOccurrence({ ...o, outcome: { kind: 'missed', because: 'paused' } })
    const oldest = DateTime.fromJSDate(o.now).minus({ hours: o.graceHours }).toJSDate()
    if (o.occurrenceAt < oldest)
      return once
        ? refuseOccurrence({ ...o, because: { what: 'start_late', data: {} } })
        : missOccurrence({ ...o, outcome: { kind: 'missed', because: schedule.waiting ?? 'late' } })
  }
  if (await isClosed(o.campaign.accountId)) return wait('closed', o)
  try {
    return await makeOccurrence(o)
  } catch (error) {
    if (error instanceof ChannelUnavailableError || error instanceof PluginError)
      return wait('channel', o)
    /** Another request for consent of the account is being expanded, which is over in a moment */
    if (error instanceof CampaignNotReadyError && error.what === 'asking') return wait('busy', o)
    if (error instanceof CampaignNotReadyError && error.what === 'nobody')
      return missOccurrence({ ...o, outcome: { kind: 'nobody' } })
    const because = refusalOf(error)
    if (!because) throw error
    return refuseOccurrence({ ...o, because })
  }
}

/** What people must decide about, in words that are put together when somebody reads them; null for what is nobody's decision */
function refusalOf(error: unknown): Happening | null {
  if (error instanceof CeilingExceededError)
    return {
      what: 'over_ceiling',
      data: { amount: error.amount.toString(), ceiling: error.ceiling.toString() },
    }
  if (error instanceof InsufficientFundsError) return { what: 'no_funds', data: {} }
  const sentence = sentenceOf(error)
  return sentence ? { what: 'not_ready', data: { key: sentence.key, ...sentence.data } } : null
}

/** Launches are closed by the operator, for all or for this account, or the account is suspended */
async function isClosed(accountId: string): Promise<boolean> {
  if (!(await flags()).isEnabled('griot.campaigns', accountId)) return true
  const [account] = await sql<{ status: string }>(
    'select status from accounts where id = $1::uuid',
    [accountId]
  )
  return account?.status !== 'active'
}

async function wait(waiting: WaitingFor, o: Taking): Promise<'waiting'> {
  const { id: campaignId, accountId } = o.campaign
  await waitFor({ campaignId, accountId, occurrenceAt: o.occurrenceAt, waiting })
  return 'waiting'
}
