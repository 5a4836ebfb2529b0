import pg from 'pg'
import { setTimeout as sleep } from 'node:timers/promises'
import { PluginError } from '../errors.js'

/** How long a verb waits for another verb on the same plugin */
const WAIT_MS = 15_000

/**
 * Runs a step that nobody else may run on the same plugin at the same time, in this process or another. The lock
 * lives in a connection of its own, so a killed process gives it back.
 *
 * @throws E_PLUGIN_BUSY when another verb holds the plugin for 15 seconds
 */
export async function withPluginLock<T>(
  o: { databaseUrl: string; id: string; operation: string },
  run: () => Promise<T>
): Promise<T> {
  const client = new pg.Client({
    connectionString: o.databaseUrl,
    application_name: `griot ${o.operation} ${o.id}`,
  })
  client.on('error', () => undefined)
  await client.connect()
  try {
    const until = Date.now() + WAIT_MS
    while (!(await tryLock(client, o.id))) {
      if (Date.now() > until) {
        throw new PluginError({
          code: 'E_PLUGIN_BUSY',
          pluginId: o.id,
          operation: o.operation,
          detail: 'something else is being done with it. Try again in a moment',
        })
      }
      await sleep(100)
    }
    return await run()
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function tryLock(client: pg.Client, id: string): Promise<boolean> {
  const { rows } = await client.query<{ got: boolean }>(
    `select pg_try_advisory_lock(hashtextextended($1, 0)) as got`,
    [`griot.plugin.${id}`]
  )
  return rows[0]?.got === true
}
