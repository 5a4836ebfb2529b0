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

/** Runs `work` in one transaction on one connection; rolls back on throw */
export async function inTransaction<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await deliveryPool().connect()
  let broken: Error | undefined
  try {
    await client.query('begin')
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch((cause: Error) => (broken = cause))
    throw error
  } finally {
    client.release(broken)
  }
}
