import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import type { Actor } from '#core/database/actor'
import { sql } from '#core/database/sql'
import { addJob } from '#core/jobs/add_job'
import pluginKernel from '#core/plugins/main'
import { changeState } from './change_state.js'
import { freezeContent, type FrozenContent } from '../brief/freeze_content.js'
import { jobFlags } from './job_flags.js'
import type Campaign from '../models/campaign.js'

/** Recipients from which on a run gets partitions of its own, that go at once when it is retired */
const LARGE_RUN = 50_000

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
 */
export async function beginRun(o: {
  campaign: Campaign
  content: FrozenContent | null
  from: 'paid' | 'scheduled'
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
  const runId = await insertRun(o)
  await addJob(
    campaign.kind === 'messaging' ? 'delivery.expand' : `delivery.begin_${campaign.kind}`,
    { runId },
    { key: `begin:${runId}`, flags: jobFlags(campaign), trx }
  )
  return runId
}

async function insertRun(o: Parameters<typeof beginRun>[0]): Promise<number> {
  const { campaign, trx } = o
  const snapshot = {
    brief: campaign.brief,
    content: o.content,
    listIds: campaign.listIds,
  }
  const [run] = await sql<{ id: number }>(
    `insert into campaign_runs (id, campaign_id, account_id, n, snapshot, hold_n, occurrence_at, launched_at, deadline_at)
     select case when q.reachable >= $4 then nextval('large_run_ids') else nextval(pg_get_serial_sequence('campaign_runs', 'id')) end,
            c.id, c.account_id, (select coalesce(max(n), 0) + 1 from campaign_runs where campaign_id = c.id), $3::jsonb,
            $5, $6::timestamptz, $7::timestamptz, $7::timestamptz + c.deadline_hours * interval '1 hour'
       from campaigns c join quotes q on q.id = c.quote_id where c.id = $1::uuid and c.account_id = $2::uuid
      returning id`,
    [
      campaign.id,
      campaign.accountId,
      JSON.stringify(snapshot),
      LARGE_RUN,
      o.holdN,
      o.occurrenceAt?.toISOString() ?? null,
      o.now.toISOString(),
    ],
    trx
  )
  await sql(
    'insert into run_links (run_id, n, url) select $1, n - 1, url from unnest($2::text[]) with ordinality l(url, n)',
    [run.id, o.content ? [...o.content.links] : []],
    trx
  )
  return run.id
}
