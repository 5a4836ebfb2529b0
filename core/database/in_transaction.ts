import db from '@adonisjs/lucid/services/db'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import type pg from 'pg'
import { isAway } from './retry_when_away.js'

/**
 * Runs work in one transaction: what it wrote is there when it returns, and nothing of it when it throws. The one way to open a
 * transaction; the verb that opens it passes it down, and makes no HTTP call inside.
 *
 * @param on where hot paths that use plain Postgres clients get theirs, or one that they hold already; Lucid's connection when absent
 * @throws what the work throws, after the rollback
 */
export function inTransaction<T>(work: (trx: TransactionClientContract) => Promise<T>): Promise<T>
export function inTransaction<T>(
  on: pg.Pool | pg.PoolClient,
  work: (client: pg.PoolClient) => Promise<T>
): Promise<T>
export function inTransaction<T>(
  ...o:
    | [(trx: TransactionClientContract) => Promise<T>]
    | [pg.Pool | pg.PoolClient, (client: pg.PoolClient) => Promise<T>]
): Promise<T> {
  if (o.length === 1) return db.transaction(o[0])
  const [on, work] = o
  return 'release' in on ? onClient(on, work) : onPool(on, work)
}

async function onPool<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: unknown = null
  try {
    return await onClient(client, work)
  } catch (error) {
    broken = hasNoAnswer(error) ? error : null
    throw error
  } finally {
    client.release(broken !== null)
  }
}

async function onClient<T>(
  client: pg.PoolClient,
  work: (client: pg.PoolClient) => Promise<T>
): Promise<T> {
  await client.query('begin')
  try {
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    /** A connection that gives no answer is dropped with its transaction: a rollback would wait for it once more */
    if (!hasNoAnswer(error)) await client.query('rollback')
    throw error
  }
}

const hasNoAnswer = (error: unknown) =>
  isAway(error) || (error as Error).message === 'Query read timeout'
