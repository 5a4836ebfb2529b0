import { createPool } from '#core/database/pool'
import type pg from 'pg'

let pool: pg.Pool | null = null

/** Connections of the engine's hot path, apart from those of pages and other jobs */
export function deliveryPool(): pg.Pool {
  pool ??= createPool({ max: 12, name: 'delivery' })
  return pool
}

/** Gives the connections back; the next call opens new ones */
export async function closeDeliveryPool(): Promise<void> {
  const closing = pool
  pool = null
  await closing?.end()
}
