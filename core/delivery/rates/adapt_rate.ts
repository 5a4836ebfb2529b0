import { deliveryPool } from '#core/runs/delivery_pool'
import { bucketKeys } from './take_tokens.js'

/** Seconds that a destination is left alone after its first throttle reply; twice as long after each further one */
const FIRST_BLOCK_SECONDS = 30
const LONGEST_BLOCK_SECONDS = 900
/** Windows in a row in which the far side could not be reached before nothing is tried for a while */
const BREAKER_FAULTS = 3
const FIRST_BREAK_SECONDS = 10
const LONGEST_BREAK_SECONDS = 300
/** Messages a second with which a destination begins anew after a block; doubled with each window that goes well */
const SLOW_START = 1
/** Messages a second from which on a learned limit is none any more */
const FORGET_RATE = 500

/**
 * A destination asked us to slow down: nothing goes there for a while, then slowly more. Windows that were in flight
 * together tell the same thing and count once.
 *
 * @param o.until when the far side said so itself
 */
export async function slowDown(o: {
  pluginId: string
  destination: string
  why: string
  until?: Date
}): Promise<void> {
  await deliveryPool().query(
    `insert into rate_buckets as b (key, rate, tokens, blocked_until, faults, why)
       values ($1, $2, 0, coalesce($3::timestamptz, now() + $4 * interval '1 second'), 1, $5)
     on conflict (key) do update set rate = $2, tokens = 0, refilled_at = clock_timestamp(),
       faults = b.faults + 1, why = $5, updated_at = now(),
            blocked_until = coalesce($3::timestamptz,
              now() + least($6, $4 * power(2, least(b.faults, 10))) * interval '1 second')
       where b.blocked_until is null or b.blocked_until <= now()`,
    [
      bucketKeys.destination(o.pluginId, o.destination),
      SLOW_START,
      o.until?.toISOString() ?? null,
      FIRST_BLOCK_SECONDS,
      o.why.slice(0, 300),
      LONGEST_BLOCK_SECONDS,
    ]
  )
}

/**
 * A window to destinations went well: those that were slowed down may have more, up to their ceiling. A destination that is blocked now
 * is left alone: the window was in flight when it asked, and says nothing about it.
 */
export async function speedUp(o: {
  pluginId: string
  destinations: readonly string[]
}): Promise<void> {
  const keys = o.destinations.map((destination) => bucketKeys.destination(o.pluginId, destination))
  await deliveryPool().query(
    `delete from rate_buckets where key = any($1::text[]) and ceiling is null and rate * 2 >= $2
      and (blocked_until is null or blocked_until <= now())`,
    [keys, FORGET_RATE]
  )
  await deliveryPool().query(
    `update rate_buckets set rate = least(coalesce(ceiling, 'infinity'), rate * 2), faults = 0,
      why = '', updated_at = now()
      where key = any($1::text[]) and (faults > 0 or rate < coalesce(ceiling, 'infinity'))
        and (blocked_until is null or blocked_until <= now())`,
    [keys]
  )
}

/** The far side as a whole could not be reached, or did not let us in. After a few in a row nothing is tried for a while */
export async function countSenderFault(o: { pluginId: string; why: string }): Promise<void> {
  await deliveryPool().query(
    `insert into rate_buckets as b (key, faults, why) values ($1, 1, $2)
     on conflict (key) do update set faults = b.faults + 1, why = $2, updated_at = now(),
            blocked_until = case when b.faults + 1 >= $3 then now() + least($5,
              $4 * power(2, least(b.faults + 1 - $3, 10))) * interval '1 second' end
       where b.blocked_until is null or b.blocked_until <= now()`,
    [
      bucketKeys.plugin(o.pluginId),
      o.why.slice(0, 300),
      BREAKER_FAULTS,
      FIRST_BREAK_SECONDS,
      LONGEST_BREAK_SECONDS,
    ]
  )
}

/** The far side answers again */
export async function clearSenderFaults(o: { pluginId: string }): Promise<void> {
  await deliveryPool().query(
    `with gone as (delete from rate_buckets where key = $1 and ceiling is null)
     update rate_buckets set faults = 0, blocked_until = null, why = '', updated_at = now()
       where key = $1 and ceiling is not null and faults > 0`,
    [bucketKeys.plugin(o.pluginId)]
  )
}
