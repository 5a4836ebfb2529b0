import { messageWarnings, type MessageWarnings } from '#core/content/message/message_warnings'
import pluginKernel from '#core/plugins/main'
import { ChannelUnavailableError } from '#core/plugins/errors'
import { MessageInvalidError } from '../errors.js'
import { messageSources } from './message_sources.js'
import type Campaign from '../models/campaign.js'

/** What a client should know about what a campaign says, before it is launched. Nothing for one that says nothing yet, or whose channel is away */
export async function campaignWarnings(o: {
  campaign: Campaign
  account: { readonly id: string; readonly address: string }
}): Promise<MessageWarnings> {
  const none = { unknown: [], noAddress: false }
  if (o.campaign.kind !== 'messaging' || Object.keys(o.campaign.brief).length === 0) return none
  try {
    const { channel } = pluginKernel.channel(o.campaign.channel)
    if (channel.kind !== 'messaging') return none
    const parts = await messageSources({ campaign: o.campaign, channel })
    const sources = Object.fromEntries(
      Object.entries(parts).map(([name, part]) => [name, part.source])
    )
    return await messageWarnings({ account: o.account, sources })
  } catch (error) {
    if (error instanceof MessageInvalidError || error instanceof ChannelUnavailableError)
      return none
    throw error
  }
}
