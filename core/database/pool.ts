import pg from 'pg'
import { bigintTypes } from '#config/database'
import { databaseUrl } from './server/database_url.js'

/**
 * A pool of plain Postgres clients for the hot paths (delivery, imports, tracking): prepared statements, COPY and
 * LISTEN, which the query builder does not offer. bigint comes as bigint.
 */
export function createPool(options: {
  max: number
  name: string
  /** For the job queue, which writes what it reads as JSON: its bigint ids come as text */
  plain?: boolean
  /** Milliseconds after which a connection or a statement that gives no answer is an error; none when absent */
  timeoutMs?: number
  /** What connections are made of; pg's own when absent */
  client?: typeof pg.Client
}): pg.Pool {
  const pool = new pg.Pool({
    connectionTimeoutMillis: options.timeoutMs,
    query_timeout: options.timeoutMs,
    connectionString: databaseUrl(),
    max: options.max,
    ...(options.client ? { Client: options.client as never } : {}),
    ...(options.plain ? {} : { types: bigintTypes as pg.CustomTypesConfig }),
    application_name: `griot ${options.name}`,
  })
  /** A client that loses its server must not end the process: its query rejects, and the next opens another */
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}
