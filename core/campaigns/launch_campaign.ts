import db from '@adonisjs/lucid/services/db'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { SYSTEM, type Actor } from '#core/database/actor'
import { sql } from '#core/database/sql'
import { flags } from '#core/flags/main'
import { addJob } from '#core/jobs/add_job'
import pluginKernel from '#core/plugins/main'
import { changeState } from './change_state.js'
import { CampaignNotReadyError, LaunchesClosedError } from './errors.js'
import { freezeContent, type FrozenContent } from './freeze_content.js'
import { jobFlags } from './job_flags.js'
import type Campaign from './models/campaign.js'

/** Recipients from which on a run gets partitions of its own, that go at once when it is retired */
const LARGE_RUN = 50_000

/**
 * Starts a paid campaign now, or at a time.
 *
 * @param o.startAt when to begin; now when absent
 * @throws CampaignNotReadyError when the time is past
 * @throws CampaignStateError when the campaign is not paid
 * @throws LaunchesClosedError when the operator has closed launches, by the flag `griot.campaigns`
 */
export async function launchCampaign(o: {
  campaign: Campaign
  startAt?: Date | null
  by: Actor
  now?: Date
}): Promise<void> {
  const now = o.now ?? new Date()
  if (o.startAt && o.startAt <= now) throw new CampaignNotReadyError('past')
  if (!(await flags()).isEnabled('griot.campaigns', o.campaign.accountId))
    throw new LaunchesClosedError('The flag griot.campaigns is off')

  if (o.startAt) {
    const at = o.startAt
    await db.transaction(async (trx) => {
      await changeState({
        campaignId: o.campaign.id,
        accountId: o.campaign.accountId,
        from: ['paid'],
        to: 'scheduled',
        by: o.by,
        trx,
      })
      await sql(
        'update campaigns set start_at = $2::timestamptz where id = $1::uuid',
        [o.campaign.id, at.toISOString()],
        trx
      )
    })
    return
  }
  await beginRun({ campaign: o.campaign, from: ['paid'], by: o.by })
}

/** Starts what is due: called every minute, on one worker or on many */
export async function startDueCampaigns(now: Date): Promise<number> {
  const { default: CampaignModel } = await import('./models/campaign.js')
  const due = await CampaignModel.acrossAccounts('the scheduler serves every account')
    .where('state', 'scheduled')
    .where('start_at', '<=', now)
    .limit(100)
  for (const campaign of due) await beginRun({ campaign, from: ['scheduled'], by: SYSTEM })
  return due.length
}

/** Freezes what will be sent into a run, and queues its beginning. One transaction: there is no half-started campaign */
async function beginRun(o: {
  campaign: Campaign
  from: ['paid'] | ['scheduled']
  by: Actor
}): Promise<void> {
  const { channel } = pluginKernel.channel(o.campaign.channel)
  const content =
    channel.kind === 'messaging' ? await freezeContent({ campaign: o.campaign, channel }) : null

  await db.transaction(async (trx) => {
    await changeState({
      campaignId: o.campaign.id,
      accountId: o.campaign.accountId,
      from: o.from,
      to: 'running',
      by: o.by,
      trx,
    })
    const runId = await insertRun({ campaign: o.campaign, content, trx })
    await addJob(
      channel.kind === 'messaging' ? 'delivery.expand' : `delivery.begin_${channel.kind}`,
      { runId },
      {
        key: `begin:${runId}`,
        flags: jobFlags(o.campaign),
        trx,
      }
    )
  })
}

async function insertRun(o: {
  campaign: Campaign
  content: FrozenContent | null
  trx: TransactionClientContract
}): Promise<number> {
  const snapshot = {
    brief: o.campaign.brief,
    content: o.content,
    listIds: o.campaign.listIds,
  }
  const [run] = await sql<{ id: number }>(
    `insert into campaign_runs (id, campaign_id, account_id, n, snapshot, deadline_at)
     select case when q.reachable >= $4 then nextval('large_run_ids') else nextval(pg_get_serial_sequence('campaign_runs', 'id')) end,
            c.id, c.account_id, (select coalesce(max(n), 0) + 1 from campaign_runs where campaign_id = c.id), $3::jsonb,
            now() + c.deadline_hours * interval '1 hour'
       from campaigns c join quotes q on q.id = c.quote_id where c.id = $1::uuid and c.account_id = $2::uuid
     returning id`,
    [o.campaign.id, o.campaign.accountId, JSON.stringify(snapshot), LARGE_RUN],
    o.trx
  )
  await sql(
    'insert into run_links (run_id, n, url) select $1, n - 1, url from unnest($2::text[]) with ordinality l(url, n)',
    [run.id, o.content ? [...o.content.links] : []],
    o.trx
  )
  return run.id
}
