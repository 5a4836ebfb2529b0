import { deliveryPool } from '#core/runs/delivery_pool'

/** Days that sent messages are remembered when no cap in force looks back further */
const TOUCH_DAYS = 31

/**
 * Takes away what the engine has no more use for: messages that no frequency cap looks back to, and the pace of campaigns that
 * are over. Each night.
 *
 * Rows in: contact_touches once; buckets of campaigns by key.
 */
export async function tidyEngine(): Promise<void> {
  await deliveryPool().query(
    `delete from contact_touches where day < current_date - greatest($1::int,
       coalesce((select max(cap_days) from accounts), 0),
         coalesce((select max(cap_days) from campaigns), 0))`,
    [TOUCH_DAYS]
  )
  await deliveryPool().query(
    `delete from rate_buckets b using campaigns c where b.key = 'campaign ' || c.id
      and c.state in ('finished', 'cancelled', 'failed')`
  )
}
