import { sql } from '#core/database/sql'
import { openRateBook } from './rate_book.js'
import type Service from './models/service.js'
import { ServiceUnpricedError } from './service_errors.js'

/**
 * Shows a service to clients, or takes it off the storefront. Campaigns that were begun go on either way.
 *
 * @param o.units the units of its channel: each must have a price in at least one currency before clients see it
 * @throws ServiceUnpricedError
 */
export async function changeServiceStatus(o: {
  service: Service
  status: 'published' | 'draft'
  units: readonly string[]
  now: Date
}): Promise<void> {
  if (o.status === 'published') await requirePrices(o)
  await o.service.merge({ status: o.status }).save()
}

async function requirePrices(o: {
  service: Service
  units: readonly string[]
  now: Date
}): Promise<void> {
  const cards = await sql<{ currency: string }>(
    'select currency from rate_cards where service_id = $1::uuid',
    [o.service.id]
  )
  const books = await Promise.all(
    cards.map(({ currency }) => openRateBook({ serviceId: o.service.id, currency, at: o.now }))
  )
  const unpriced = o.units.find(
    (unit) =>
      !books.some(
        (book) => book.priceOf({ unit, prefix: '', units: Number.MAX_SAFE_INTEGER }) !== null
      )
  )
  if (unpriced) throw new ServiceUnpricedError(unpriced)
}
