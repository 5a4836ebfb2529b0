import { deadAmong } from '#core/jobs/worker_heartbeat'
import { deliveryPool } from '#core/runs/delivery_pool'

/**
 * Ends the leases of workers that are gone, within seconds of their death. Their chunks are recovered by whoever leases them
 * next: what was leased is sent, what was being handed over is named uncertain.
 *
 * @returns chunks that were freed
 */
export async function freeDeadLeases(): Promise<number> {
  const { rows } = await deliveryPool().query<{ owner: string }>(
    `select distinct owner from delivery_chunks where state = 'leased' and owner is not null`
  )
  const dead = await deadAmong(
    deliveryPool(),
    rows.map((row) => row.owner)
  )
  if (dead.length === 0) return 0
  const freed = await deliveryPool().query(
    `update delivery_chunks set lease_until = now() - interval '1 second', owner = null where state = 'leased' and owner = any($1::uuid[])`,
    [dead]
  )
  return freed.rowCount ?? 0
}
