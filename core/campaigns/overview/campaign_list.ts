import { whereText } from '#core/database/where_text'
import { keysetPage } from '#core/database/keyset'
import { countOf, leftOut } from './left_out.js'
import db from '@adonisjs/lucid/services/db'

export type CampaignRow = {
  readonly id: string
  readonly name: string
  readonly channel: string
  readonly state: string
  readonly account_name: string
  readonly audience: number | null
  readonly accepted: number | null
  readonly pending: number | null
  readonly rejected: number | null
  readonly uncertain: number | null
  /** Contacts who could be written to and were not: see `leftOut` */
  readonly unsent: number
  readonly captured: bigint | null
  readonly currency: string
  readonly created_at: Date
  /** When it goes out next; null for one that has no schedule, or whose schedule is over */
  readonly next_at: Date | null
}

type Found = Omit<CampaignRow, 'unsent'> & {
  readonly exclusions: Readonly<Record<string, number>> | null
}

/** Views that people ask for by name */
export const CAMPAIGN_VIEWS = {
  all: null,
  running: ['running', 'paused'],
  scheduled: ['scheduled', 'paid'],
  drafts: ['draft', 'quoted'],
  finished: ['finished', 'cancelled', 'failed'],
} as const
export type CampaignView = keyof typeof CAMPAIGN_VIEWS

/**
 * One page of campaigns, newest first.
 *
 * @param o.accountId the account, or null in the admin, which sees all
 */
export async function campaignList(o: {
  accountId: string | null
  view: CampaignView
  search: string | null
  cursor: string | null
}) {
  const query = db
    .from('campaigns as c')
    .join('accounts as a', 'a.id', 'c.account_id')
    .leftJoin('campaign_schedules as s', 's.campaign_id', 'c.id')
    .joinRaw(
      'left join lateral (select audience, accepted, pending, rejected, uncertain, exclusions from campaign_runs r where r.campaign_id = c.id order by n desc limit 1) r on true'
    )
    .joinRaw(
      'left join lateral (select sum(captured)::bigint captured from campaign_holds h where h.campaign_id = c.id) h on true'
    )
    .select(
      'c.id',
      'c.name',
      'c.channel',
      'c.state',
      'c.created_at',
      's.next_at',
      'a.name as account_name',
      'a.currency',
      'r.audience',
      'r.accepted',
      'r.pending',
      'r.rejected',
      'r.uncertain',
      'r.exclusions',
      'h.captured'
    )
  if (o.accountId) query.where('c.account_id', o.accountId)
  const states = CAMPAIGN_VIEWS[o.view]
  if (states) query.whereIn('c.state', [...states])
  if (o.search) whereText(query, ['c.name'], o.search)
  const page = await keysetPage<Found>({ query, cursor: o.cursor, column: 'c.id' })
  return {
    ...page,
    rows: page.rows.map(({ exclusions, ...row }): CampaignRow => ({
      ...row,
      unsent: countOf(leftOut(exclusions ?? {}).unsent),
    })),
  }
}

/** How many campaigns each view has */
export async function campaignCounts(
  accountId: string | null
): Promise<Record<CampaignView, number>> {
  const query = db.from('campaigns').select('state').count('* as n').groupBy('state')
  if (accountId) query.where('account_id', accountId)
  const rows = (await query) as { state: string; n: bigint }[]
  const sum = (states: readonly string[] | null) =>
    rows.reduce(
      (total, row) => total + (states === null || states.includes(row.state) ? Number(row.n) : 0),
      0
    )
  return {
    all: sum(null),
    running: sum(CAMPAIGN_VIEWS.running),
    scheduled: sum(CAMPAIGN_VIEWS.scheduled),
    drafts: sum(CAMPAIGN_VIEWS.drafts),
    finished: sum(CAMPAIGN_VIEWS.finished),
  }
}
