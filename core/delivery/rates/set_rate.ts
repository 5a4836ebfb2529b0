import { deliveryPool } from '#core/runs/delivery_pool'

/**
 * Sets what a bucket lets through, or takes the limit away. A bucket that is being held back after throttle replies goes on
 * being held back; its ceiling alone is new.
 *
 * @param o.perSecond messages a second; null for no limit
 */
export async function setRate(o: { key: string; perSecond: number | null }): Promise<void> {
  if (o.perSecond === null) {
    await deliveryPool().query(
      `delete from rate_buckets where key = $1 and ceiling is not null and faults = 0`,
      [o.key]
    )
    await deliveryPool().query(
      `update rate_buckets set ceiling = null, updated_at = now() where key = $1
        and ceiling is not null`,
      [o.key]
    )
    return
  }
  await deliveryPool().query(
    `insert into rate_buckets as b (key, ceiling, rate, tokens) values ($1, $2, $2, 1)
     on conflict (key) do update set ceiling = $2, rate = case when b.faults > 0
       and b.rate is not null then least(b.rate, $2) else $2 end, updated_at = now()
       where b.ceiling is distinct from $2`,
    [o.key, o.perSecond]
  )
}
