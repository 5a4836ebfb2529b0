import pg from 'pg'
import { defineConfig } from '@adonisjs/lucid'
import { dataFolder } from '#core/database/app_root'
import { databaseUrl } from '#core/database/server/database_url'
import { sqliteConnection } from '#core/database/server/sqlite_connection'

/**
 * Money and counters are bigint from end to end. The parser is set for each connection: a global one
 * would break libraries that share the process and count in plain numbers.
 */
export const bigintTypes = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === 20 && format !== 'binary' ? BigInt : pg.types.getTypeParser(oid, format as 'text'),
}

const databaseConfig = defineConfig({
  connection: 'pg',
  connections: {
    pg: {
      client: 'pg',
      connection: { connectionString: databaseUrl(), types: bigintTypes } as object,
      pool: { min: 0, max: 12 },
      migrations: { naturalSort: true, paths: ['database/migrations'] },
      schemaGeneration: { enabled: false },
    },
    /** For libraries that cannot count in bigint */
    plain: {
      client: 'pg',
      connection: databaseUrl(),
      pool: { min: 0, max: 4 },
      schemaGeneration: { enabled: false },
    },
    /** What is heard while Postgres cannot be reached; local to this machine, shared by its web processes */
    spool: sqliteConnection(dataFolder('spool.sqlite')),
  },
})

export default databaseConfig
