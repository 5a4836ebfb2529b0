import { sql } from '#core/database/sql'

export type RateLine = {
  readonly unit: string
  readonly prefix: string
  readonly fromUnits: bigint
  readonly priceMicro: bigint
  readonly effectiveFrom: Date
  /** In force now, to come, or taken over by a later one */
  readonly place: 'current' | 'future' | 'past'
  readonly by: string | null
}

/** Every price of a service in one currency: unit by unit, the newest first */
export async function rateHistory(o: {
  serviceId: string
  currency: string
  now: Date
}): Promise<RateLine[]> {
  return sql<RateLine>(
    `select r.unit, r.prefix, r.from_units "fromUnits", r.price_micro "priceMicro",
      r.effective_from "effectiveFrom", s.full_name "by",
            case when r.effective_from > $3::timestamptz then 'future'
                 when r.effective_from = max(r.effective_from) filter (where r.effective_from <=
                   $3::timestamptz)
                      over (partition by r.unit, r.prefix, r.from_units) then 'current'
                 else 'past' end place
       from rates r join rate_cards c on c.id = r.rate_card_id
         left join staff_members s on s.id = r.created_by
      where c.service_id = $1::uuid and c.currency = $2
      order by r.unit, r.prefix, r.from_units, r.effective_from desc`,
    [o.serviceId, o.currency, o.now.toISOString()]
  )
}
