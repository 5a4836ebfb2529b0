import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'

/** Node's SQLite in the shape that knex expects of `better-sqlite3`. Its calls are synchronous: short statements only */
export class NodeSqlite {
  #database: DatabaseSync

  constructor(filename: string) {
    this.#database = new DatabaseSync(filename)
  }

  prepare(sql: string) {
    return new Statement(this.#database.prepare(sql))
  }

  exec(sql: string, done: (error: Error | null) => void): void {
    try {
      this.#database.exec(sql)
    } catch (error) {
      return done(error as Error)
    }
    done(null)
  }

  defaultSafeIntegers(): this {
    return this
  }

  close(): void {
    this.#database.close()
  }
}

class Statement {
  /** Whether it gives rows */
  readonly reader: boolean

  constructor(private readonly statement: StatementSync) {
    this.reader = statement.columns().length > 0
  }

  all(bindings: SQLInputValue[] = []) {
    return this.statement.all(...bindings)
  }

  run(bindings: SQLInputValue[] = []) {
    return this.statement.run(...bindings)
  }

  safeIntegers(on: boolean): this {
    this.statement.setReadBigInts(on)
    return this
  }
}
