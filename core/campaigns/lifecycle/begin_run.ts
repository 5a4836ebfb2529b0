import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import type { Actor } from '#core/database/actor'
import { addJob } from '#core/jobs/add_job'
import pluginKernel from '#core/plugins/main'
import { isRequestExpanding } from '#core/runs/consent_requests'
import { createRun } from '#core/runs/create_run'
import { changeState } from './change_state.js'
import { CampaignNotReadyError } from '../errors.js'
import { freezeContent, type FrozenContent } from '../brief/freeze_content.js'
import { jobFlags } from './job_flags.js'
import type Campaign from '../models/campaign.js'

const HOUR_MS = 3_600_000

/**
 * Freezes what will be said, before the transaction that begins the run.
 *
 * @throws CampaignNotReadyError when the template is gone
 * @throws ChannelUnavailableError when the channel's plugin is not running
 */
export async function freezeForRun(campaign: Campaign): Promise<FrozenContent | null> {
  const { channel } = pluginKernel.channel(campaign.channel)
  return channel.kind === 'messaging' ? freezeContent({ campaign, channel }) : null
}

/**
 * Begins a run that a hold pays, and queues its work. One transaction: there is no half-started campaign.
 *
 * @param o.occurrenceAt the occurrence of the schedule that it is; null without a schedule
 * @throws CampaignStateError when the campaign is elsewhere by now
 * @throws CampaignNotReadyError when it asks for consent and another request of the account is being expanded
 */
export async function beginRun(o: {
  campaign: Campaign
  content: FrozenContent | null
  from: 'paid' | 'scheduled'
  /** The quote that the hold pays */
  quoteId: string
  holdN: number
  occurrenceAt: Date | null
  by: Actor
  now: Date
  trx: TransactionClientContract
}): Promise<number> {
  const { campaign, trx } = o
  await changeState({
    campaignId: campaign.id,
    accountId: campaign.accountId,
    from: [o.from],
    to: 'running',
    by: o.by,
    trx,
  })
  if (campaign.asksConsent && (await isRequestExpanding({ accountId: campaign.accountId, trx })))
    throw new CampaignNotReadyError('asking')
  const runId = await insertRun(o)
  await addJob(
    campaign.kind === 'messaging' ? 'delivery.expand' : `delivery.begin_${campaign.kind}`,
    { runId },
    { key: `begin:${runId}`, flags: jobFlags(campaign), trx }
  )
  return runId
}

async function insertRun(o: Parameters<typeof beginRun>[0]): Promise<number> {
  const { campaign, now } = o
  const { channel } = pluginKernel.channel(campaign.channel)
  return createRun({
    ...o,
    snapshot: { brief: campaign.brief, content: o.content, listIds: campaign.listIds },
    rules: {
      quiet: pair(campaign.quietFrom, campaign.quietUntil, (from, until) => ({ from, until })),
      cap: pair(campaign.capMessages, campaign.capDays, (messages, days) => ({ messages, days })),
      canaryPercent: campaign.canaryPercent,
      newcomersOnly: campaign.newcomersOnly,
      asksConsent: campaign.asksConsent,
      ...(channel.kind === 'messaging' ? { settlement: channel.settlement } : {}),
    },
    launchedAt: now,
    deadline:
      campaign.deadlineHours === null
        ? null
        : new Date(now.getTime() + campaign.deadlineHours * HOUR_MS),
  })
}

/** Two columns that are set together or not at all */
function pair<A, B, Pair>(a: A | null, b: B | null, make: (a: A, b: B) => Pair): Pair | null {
  return a === null || b === null ? null : make(a, b)
}
