import { createRequire } from 'node:module'
import { NodeSqlite } from './node_sqlite.js'

const require = createRequire(import.meta.url)

type RawConnection = { exec(sql: string, done: (error: Error | null) => void): void }
export type SqliteDriver = 'sqlite3' | 'node'

/**
 * A Lucid connection to a SQLite file, in write-ahead mode and synchronous to the disk: what was written stays written.
 *
 * The npm driver `sqlite3` is compiled on machines where its prebuilt file cannot be fetched, and is missing where there is no
 * compiler; then Node's own `node:sqlite` serves, under Lucid's dialect for `better-sqlite3`, which has the same shape.
 */
export function sqliteConnection(filename: string, driver: SqliteDriver = loadedDriver()) {
  if (driver === 'node') lendNodeSqlite()
  return {
    client: driver === 'sqlite3' ? ('sqlite3' as const) : ('better-sqlite3' as const),
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

/** Which driver this machine has */
export function loadedDriver(): SqliteDriver {
  try {
    require('sqlite3')
    return 'sqlite3'
  } catch {
    return 'node'
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
