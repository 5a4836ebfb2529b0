import type { QueryClientContract } from '@adonisjs/lucid/types/database'
import type { Actor } from '#core/database/actor'
import { sql } from '#core/database/sql'
import { CampaignNotFoundError, CampaignStateError } from './errors.js'
import { CAMPAIGN_TRANSITIONS, type CampaignState } from './states.js'

/**
 * Moves a campaign to another state by compare-and-set, with a row of history that says who and why.
 *
 * @param o.from states it may come from; when absent, all that the table of transitions allows
 * @throws CampaignStateError when the campaign is elsewhere by now
 */
export async function changeState(o: {
  campaignId: string
  accountId: string
  to: CampaignState
  from?: readonly CampaignState[]
  by: Actor
  why?: string
  trx: QueryClientContract
}): Promise<{ from: CampaignState }> {
  const allowed = (o.from ?? (Object.keys(CAMPAIGN_TRANSITIONS) as CampaignState[])).filter(
    (state) => CAMPAIGN_TRANSITIONS[state].includes(o.to)
  )
  const [row] = await sql<{ state: CampaignState }>(
    'select state from campaigns where id = $1::uuid and account_id = $2::uuid for no key update',
    [o.campaignId, o.accountId],
    o.trx
  )
  if (!row) throw new CampaignNotFoundError('No such campaign')
  if (!allowed.includes(row.state)) throw new CampaignStateError({ state: row.state, wanted: o.to })

  await sql(
    'update campaigns set state = $2, updated_at = now() where id = $1::uuid',
    [o.campaignId, o.to],
    o.trx
  )
  await sql(
    `insert into campaign_changes (campaign_id, account_id, from_state, to_state, by_kind, by_id, by_name, why)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [o.campaignId, o.accountId, row.state, o.to, o.by.kind, o.by.id, o.by.name, o.why ?? ''],
    o.trx
  )
  await sql(`select pg_notify('campaign_changed', $1)`, [o.campaignId], o.trx)
  return { from: row.state }
}
