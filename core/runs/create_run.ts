import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { sql } from '#core/database/sql'
import type { CampaignRules, ContentSnapshot, Run, RunKind } from './run.js'
import debug from './debug.js'

/** Recipients from which on a run gets partitions of its own, that go at once when it is retired */
const LARGE_RUN = 50_000

/**
 * Writes a new run of a campaign, with all that was frozen for it.
 *
 * @param o.quoteId the quote that pays for it
 * @param o.occurrenceAt the occurrence of the schedule that it is; null without a schedule
 * @param o.deadline what is not sent by then is given up; null for none
 * @returns its number
 */
export async function createRun(o: {
  campaign: {
    readonly id: string
    readonly accountId: string
    readonly name: string
    readonly channel: string
    readonly pluginId: string
    readonly kind: RunKind
    readonly measureDwell: boolean
  }
  quoteId: string
  holdN: number
  snapshot: Run['snapshot']
  content: ContentSnapshot | null
  rules: CampaignRules
  occurrenceAt: Date | null
  launchedAt: Date
  deadline: Date | null
  trx: TransactionClientContract
}): Promise<number> {
  const { campaign, trx } = o
  const [run] = await sql<{ id: number }>(
    `insert into campaign_runs (id, campaign_id, account_id, n, quote_id, campaign_name, channel,
      plugin_id, kind, measure_dwell,
                                rules, snapshot, hold_n, occurrence_at, launched_at, deadline_at)
     select case when q.reachable >= $3 then nextval('large_run_ids')
       else nextval(pg_get_serial_sequence('campaign_runs', 'id')) end,
            $1::uuid, $2::uuid, (select coalesce(max(n), 0) + 1 from campaign_runs
              where campaign_id = $1::uuid), q.id,
            $5, $6, $7, $8, $9, $10::jsonb, $11::jsonb, $12, $13::timestamptz, $14::timestamptz,
              $15::timestamptz
       from quotes q where q.id = $4::uuid and q.account_id = $2::uuid
     returning id`,
    [
      campaign.id,
      campaign.accountId,
      LARGE_RUN,
      o.quoteId,
      campaign.name,
      campaign.channel,
      campaign.pluginId,
      campaign.kind,
      campaign.measureDwell,
      JSON.stringify(o.rules),
      JSON.stringify(o.snapshot),
      o.holdN,
      o.occurrenceAt?.toISOString() ?? null,
      o.launchedAt.toISOString(),
      o.deadline?.toISOString() ?? null,
    ],
    trx
  )
  await sql(
    `insert into run_links (run_id, n, url)
     select $1, n - 1, url from unnest($2::text[]) with ordinality l(url, n)`,
    [run.id, [...(o.content?.links ?? [])]],
    trx
  )
  debug('run %d: made for campaign %s', run.id, campaign.id)
  return run.id
}
