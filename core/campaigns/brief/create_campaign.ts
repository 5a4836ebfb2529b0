import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import type { Actor } from '#core/database/actor'
import { sql } from '#core/database/sql'
import type Service from '#core/billing/models/service'
import pluginKernel from '#core/plugins/main'
import Campaign from '../models/campaign.js'

/**
 * Begins a campaign as a draft.
 *
 * @throws ChannelUnavailableError when the service's channel is not running
 */
export async function createCampaign(o: {
  accountId: string
  service: Service
  name: string
  brief?: Record<string, unknown>
  listIds?: readonly string[]
  /** It asks for consent, of those who have not answered */
  asksConsent?: boolean
  by: Actor
  trx?: TransactionClientContract | undefined
}): Promise<Campaign> {
  const { channel, pluginId } = pluginKernel.channel(o.service.channel)
  const [row] = await sql<{ id: string }>(
    `with made as (
       insert into campaigns (account_id, service_id, plugin_id, channel, kind, name, brief,
         list_ids, created_by, asks_consent)
       values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8::uuid[], $9, $13) returning id, account_id
     )
     insert into campaign_changes (campaign_id, account_id, from_state, to_state, by_kind, by_id,
       by_name)
     select id, account_id, null, 'draft', $10, $11, $12 from made returning campaign_id id`,
    [
      o.accountId,
      o.service.id,
      pluginId,
      o.service.channel,
      channel.kind,
      o.name,
      JSON.stringify(o.brief ?? {}),
      o.listIds ?? [],
      o.by.kind === 'user' ? o.by.id : null,
      o.by.kind,
      o.by.id,
      o.by.name,
      o.asksConsent ?? false,
    ],
    o.trx
  )
  return Campaign.in(o.accountId, o.trx ? { client: o.trx } : {})
    .where('id', row.id)
    .firstOrFail()
}
