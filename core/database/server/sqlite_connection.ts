import { createRequire } from 'node:module'
import { NodeSqlite } from './node_sqlite.js'

type RawConnection = { exec(sql: string, done: (error: Error | null) => void): void }

/**
 * A Lucid connection to a SQLite file, in write-ahead mode and synchronous to the disk: what was written stays written.
 * Node's own `node:sqlite` serves under Lucid's dialect for `better-sqlite3`, which has the same shape.
 */
export function sqliteConnection(filename: string) {
  lendNodeSqlite()
  return {
    client: 'better-sqlite3' as const,
    connection: { filename },
    useNullAsDefault: true,
    pool: {
      min: 0,
      max: 1,
      afterCreate: (connection: RawConnection, done: (error: Error | null) => void) =>
        connection.exec(
          'pragma busy_timeout = 5000; pragma journal_mode = wal; pragma synchronous = full;',
          done
        ),
    },
    schemaGeneration: { enabled: false },
  }
}

/** The dialect asks its prototype for the driver; knex is the copy that Lucid itself uses */
function lendNodeSqlite(): void {
  const knex = createRequire(import.meta.resolve('@adonisjs/lucid'))
  const dialect = knex('knex/lib/dialects/better-sqlite3/index.js') as {
    prototype: { _driver: () => unknown }
  }
  dialect.prototype._driver = () => NodeSqlite
}
