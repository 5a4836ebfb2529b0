import type { Text } from '@griot/sdk'
import { Exception } from '@adonisjs/core/exceptions'
import { sql } from '#core/database/sql'
import pluginKernel from '#core/plugins/main'
import Service from './models/service.js'

export type PublishedService = {
  readonly id: string
  readonly slug: string
  readonly title: string
  readonly description: string
  readonly channel: string
  readonly kind: 'messaging' | 'media' | 'engagement'
  readonly prices: readonly {
    readonly unit: string
    readonly label: string
    readonly price: bigint
    readonly currency: string
    readonly per: string
  }[]
}

/** Services that clients can buy now, in their language, with the prices of their currency */
export async function publishedServices(o: {
  locale: string
  currency: string
}): Promise<PublishedService[]> {
  const say = (text: Text) => (o.locale === 'en' ? text.en : text.fr)
  const services = await publishedServices.all()
  const rates = await sql<{ service_id: string; unit: string; price_micro: bigint }>(
    `select distinct on (c.service_id, r.unit) c.service_id, r.unit, r.price_micro
       from rates r join rate_cards c on c.id = r.rate_card_id
      where c.currency = $1 and r.effective_from <= now() and r.prefix = '' and r.from_units = 0
      order by c.service_id, r.unit, r.effective_from desc`,
    [o.currency]
  )
  const usable = new Map(pluginKernel.channels().map((one) => [one.channelId, one.channel]))

  return services.flatMap((service) => {
    const channel = usable.get(service.channel)
    if (!channel) return []
    return {
      id: service.id,
      slug: service.slug,
      title: say(service.title),
      description: say(service.description),
      channel: service.channel,
      kind: channel.kind,
      prices: rates
        .filter((rate) => rate.service_id === service.id)
        .map((rate) => {
          const unit = channel.units[rate.unit]?.title
          const label = unit ? say(unit) : rate.unit
          return {
            unit: rate.unit,
            label,
            price: rate.price_micro,
            currency: o.currency,
            per: label,
          }
        }),
    }
  })
}

/** All that are published, also those whose channel cannot be used now, in the order of the storefront */
publishedServices.all = (): Promise<Service[]> =>
  Service.query().where('status', 'published').orderBy('position').orderBy('slug').exec()

/**
 * A published service by its slug.
 * @throws E_SERVICE_NOT_FOUND
 */
publishedServices.bySlug = async (slug: string): Promise<Service> => {
  const service = await Service.query().where('slug', slug).where('status', 'published').first()
  if (!service)
    throw new Exception(`No published service "${slug}"`, {
      status: 404,
      code: 'E_SERVICE_NOT_FOUND',
    })
  return service
}
