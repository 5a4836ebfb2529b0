import pg from 'pg'
import type { PluginDatabase } from '@griot/sdk'
import { PluginError } from '../errors.js'
import { roleAddress, schemaName } from '../lifecycle/plugin_schema.js'

const STATEMENT_MS = 15_000

/**
 * SQL inside the plugin's own schema. The connection logs in as the plugin's own role, which owns that schema and may
 * use no other: a role that is only SET could be RESET by the plugin's own SQL, a login cannot.
 */
export function pluginDatabase(o: {
  pluginId: string
  databaseUrl: string
  key: string
}): PluginDatabase & { close(): Promise<void> } {
  let pool: Promise<pg.Pool> | null = null

  return {
    async query<T>(text: string, values: readonly unknown[] = []): Promise<T[]> {
      const failed = (cause: unknown) =>
        new PluginError({
          code: 'E_PLUGIN_DATABASE',
          pluginId: o.pluginId,
          operation: 'database',
          detail: (cause as Error).message,
          cause,
        })
      try {
        pool ??= openPool(o)
        const client = await (await pool).connect()
        try {
          /** Said again each time: the statement before may have changed them for its session */
          await client.query(
            `set role none; set search_path = ${schemaName(o.pluginId)}; set statement_timeout = ${STATEMENT_MS}`
          )
          /** The extended protocol takes one statement and no more */
          const result = await client.query({
            text,
            values: [...values],
            queryMode: 'extended',
          } as pg.QueryConfig)
          return result.rows as T[]
        } finally {
          client.release()
        }
      } catch (cause) {
        throw failed(cause)
      }
    },
    async close() {
      const open = pool
      pool = null
      if (open) await (await open).end()
    },
  }
}

async function openPool(o: {
  pluginId: string
  databaseUrl: string
  key: string
}): Promise<pg.Pool> {
  const pool = new pg.Pool({
    connectionString: await roleAddress(o),
    max: 2,
    idleTimeoutMillis: 10_000,
    query_timeout: STATEMENT_MS + 2_000,
    application_name: `griot plugin ${o.pluginId}`,
  })
  pool.on('error', () => undefined)
  return pool
}
