import db from '@adonisjs/lucid/services/db'
import pluginKernel from '#core/plugins/main'
import { countAudience } from '#core/audience/audience_facts'
import { checkEstimate } from '#core/billing/check_estimate'
import { makeQuote, type Quote } from '#core/billing/make_quote'
import type { Actor } from '#core/database/actor'
import { sql } from '#core/database/sql'
import { changeState } from './change_state.js'
import { CampaignNotReadyError } from './errors.js'
import { validateBrief } from './validate_brief.js'
import type Campaign from './models/campaign.js'

/** Milliseconds for a channel to gather facts from its network, and to estimate */
const GATHER_MS = 10_000
const ESTIMATE_MS = 2_000

/**
 * Tells what a campaign will cost before anything is paid: validates the brief, counts the audience, asks the
 * channel's estimator for quantities and the rate card for prices, and writes an immutable quote.
 *
 * @throws CampaignNotReadyError when the brief is not complete or nobody can be reached
 * @throws ChannelUnavailableError when the channel's plugin is not running
 */
export async function quoteCampaign(o: {
  campaign: Campaign
  by: Actor
  now?: Date
}): Promise<Quote> {
  const { campaign } = o
  const { channel, pluginId } = pluginKernel.channel(campaign.channel)
  const brief = await validateBrief({ campaign, channel })

  if (channel.kind === 'messaging' && campaign.listIds.length === 0)
    throw new CampaignNotReadyError('audience')
  const audience =
    channel.kind === 'messaging'
      ? await countAudience({
          accountId: campaign.accountId,
          listIds: campaign.listIds,
          address: channel.address,
        })
      : { total: 0, reachable: 0, excluded: {}, groups: [], hash: 'none' }
  if (channel.kind === 'messaging' && audience.reachable === 0)
    throw new CampaignNotReadyError('nobody')

  const gathered = channel.gather
    ? await pluginKernel
        .call({ pluginId, operation: 'gather', timeoutMs: GATHER_MS }, (ctx) =>
          channel.gather?.(ctx, { brief })
        )
        .catch(() => undefined)
    : undefined
  const facts = { total: audience.reachable, groups: audience.groups }
  const estimate = await pluginKernel.call(
    { pluginId, operation: 'estimator', timeoutMs: ESTIMATE_MS },
    async (ctx) => channel.estimator(ctx, { brief, audience: facts, gathered })
  )
  const checked = checkEstimate(estimate, Object.keys(channel.units))

  return db.transaction(async (trx) => {
    const [account] = await sql<{ currency: string }>(
      'select currency from accounts where id = $1::uuid',
      [campaign.accountId],
      trx
    )
    const quote = await makeQuote({
      accountId: campaign.accountId,
      campaignId: campaign.id,
      serviceId: campaign.serviceId,
      currency: account.currency,
      brief: campaign.brief,
      estimate: checked,
      audience: { total: audience.total, facts, excluded: audience.excluded, hash: audience.hash },
      userId: o.by.kind === 'user' ? o.by.id : null,
      now: o.now ?? new Date(),
      trx,
    })
    await changeState({
      campaignId: campaign.id,
      accountId: campaign.accountId,
      to: 'quoted',
      by: o.by,
      trx,
    })
    await sql(
      'update campaigns set quote_id = $2::uuid where id = $1::uuid',
      [campaign.id, quote.id],
      trx
    )
    return quote
  })
}
