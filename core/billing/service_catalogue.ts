import type { Text } from '@griot/sdk'
import { sql } from '#core/database/sql'
import pluginKernel from '#core/plugins/main'
import Service from './models/service.js'

export type CatalogueLine = {
  readonly id: string
  readonly title: Text
  readonly channel: string
  readonly status: 'draft' | 'published'
  /** Whether a running plugin brings the channel now: without, clients do not see the service */
  readonly available: boolean
  /** Currencies in which at least one price is in force */
  readonly currencies: readonly string[]
}

/** Every service, sold or not, and the channels that are not sold yet */
export async function serviceCatalogue(): Promise<{
  services: CatalogueLine[]
  unsold: { channel: string; title: Text }[]
}> {
  const [services, priced] = await Promise.all([
    Service.query().orderBy('position').orderBy('slug'),
    sql<{ service_id: string; currency: string }>(
      `select distinct c.service_id, c.currency from rate_cards c
        join rates r on r.rate_card_id = c.id where r.effective_from <= now() order by c.currency`
    ),
  ])
  const usable = pluginKernel.channels()
  return {
    services: services.map((service) => ({
      id: service.id,
      title: service.title,
      channel: service.channel,
      status: service.status,
      available: usable.some(({ channelId }) => channelId === service.channel),
      currencies: priced
        .filter((row) => row.service_id === service.id)
        .map((row) => row.currency.trim()),
    })),
    unsold: usable
      .filter(({ channelId }) => !services.some((service) => service.channel === channelId))
      .map(({ channelId, channel }) => ({ channel: channelId, title: channel.title })),
  }
}
