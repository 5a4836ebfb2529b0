import { deadAmong } from '#core/jobs/worker_heartbeat'
import { deliveryPool } from '#core/runs/delivery_pool'
import { queueDispatches } from './queue_dispatch.js'

/**
 * Ends the leases of workers that are gone, within seconds of their death, and queues sending for what they held: a dispatch that
 * came before would wait until the lease ends by itself. Their chunks are recovered by whoever leases them next: what was leased
 * is sent, what was being handed over is named uncertain.
 */
export async function freeDeadLeases(): Promise<void> {
  const { rows } = await deliveryPool().query<{ owner: string }>(
    `select distinct owner from delivery_chunks where state = 'leased' and owner is not null`
  )
  const dead = await deadAmong(
    deliveryPool(),
    rows.map((row) => row.owner)
  )
  if (dead.length === 0) return
  const freed = await deliveryPool().query<{ pluginId: string; channel: string }>(
    `with freed as (
       update delivery_chunks set lease_until = now() - interval '1 second', owner = null
        where state = 'leased' and owner = any($1::uuid[]) returning run_id
     )
     select distinct plugin_id "pluginId", channel from campaign_runs
      where id in (select run_id from freed)`,
    [dead]
  )
  for (const channel of freed.rows) await queueDispatches(channel)
}
