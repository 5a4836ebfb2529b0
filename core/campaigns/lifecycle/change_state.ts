import type { QueryClientContract } from '@adonisjs/lucid/types/database'
import type { Actor } from '#core/database/actor'
import { sql } from '#core/database/sql'
import { endSchedule } from '#core/schedules/move_schedule'
import { CampaignNotFoundError, CampaignStateError } from '../errors.js'
import { CAMPAIGN_TRANSITIONS, type CampaignState } from './states.js'

/** What happened, as words of `campaigns.happened` that each reader sees in their own language. Money is text, times ISO 8601 */
export type Happening = {
  readonly what:
    | 'approved'
    | 'ceiling_changed'
    | 'pace_changed'
    | 'over_ceiling'
    | 'no_funds'
    | 'not_ready'
    | 'start_late'
    | 'occurrence_missed'
    | 'canary_bounced'
    | 'canary_complained'
    | 'canary_unsubscribed'
    | 'canary_released'
    | 'step_uncertain'
    | 'notice'
  readonly data: Readonly<Record<string, unknown>>
}

type Change = {
  campaignId: string
  accountId: string
  by: Actor
  why?: string | undefined
  trx: QueryClientContract
}

/**
 * Moves a campaign to another state by compare-and-set, with a row of history that says who and why. In a state that is an end
 * its schedule is over too.
 *
 * @param o.from states it may come from; when absent, all that the table of transitions allows
 * @throws CampaignStateError when the campaign is elsewhere by now
 */
export async function changeState(
  o: Change & { to: CampaignState; from?: readonly CampaignState[]; happened?: Happening }
): Promise<{ from: CampaignState }> {
  const allowed = (o.from ?? (Object.keys(CAMPAIGN_TRANSITIONS) as CampaignState[])).filter(
    (state) => CAMPAIGN_TRANSITIONS[state].includes(o.to)
  )
  const from = await lockState(o)
  if (!allowed.includes(from)) throw new CampaignStateError({ state: from, wanted: o.to })

  await sql(
    'update campaigns set state = $2, updated_at = now() where id = $1::uuid',
    [o.campaignId, o.to],
    o.trx
  )
  if (CAMPAIGN_TRANSITIONS[o.to].length === 0) await endSchedule(o)
  await writeChange({ ...o, from })
  return { from }
}

/**
 * Adds a row of history about something other than a state.
 *
 * @param o.in states in which it may happen
 * @throws CampaignStateError when the campaign is in another
 */
export async function noteChange(
  o: Change & { in?: readonly CampaignState[]; happened: Happening }
): Promise<void> {
  const state = await lockState(o)
  if (o.in && !o.in.includes(state)) throw new CampaignStateError({ state, wanted: state })
  await writeChange({ ...o, from: state, to: state })
}

async function lockState(o: Change): Promise<CampaignState> {
  const [row] = await sql<{ state: CampaignState }>(
    'select state from campaigns where id = $1::uuid and account_id = $2::uuid for no key update',
    [o.campaignId, o.accountId],
    o.trx
  )
  if (!row) throw new CampaignNotFoundError('No such campaign')
  return row.state
}

async function writeChange(
  o: Change & { from: CampaignState; to: CampaignState; happened?: Happening }
): Promise<void> {
  await sql(
    `insert into campaign_changes (campaign_id, account_id, from_state, to_state, by_kind, by_id,
      by_name, why, what, data)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb)`,
    [
      o.campaignId,
      o.accountId,
      o.from,
      o.to,
      o.by.kind,
      o.by.id,
      o.by.name,
      o.why ?? '',
      o.happened?.what ?? null,
      JSON.stringify(o.happened?.data ?? {}),
    ],
    o.trx
  )
  await sql(`select pg_notify('campaign_changed', $1)`, [o.campaignId], o.trx)
}
