import { mkdirSync } from 'node:fs'
import db from '@adonisjs/lucid/services/db'
import { dataFolder } from '#core/database/app_root'

const TABLES = [
  /** What waits for Postgres, by queue (spool.ts) */
  `create table if not exists waiting
    (id integer primary key autoincrement, queue text not null, body text not null)`,
  'create index if not exists waiting_queue on waiting (queue, id)',
  /** What Postgres would not take, for a person to look at */
  `create table if not exists refused
    (id integer primary key, queue text not null, body text not null, error text not null,
     at text not null)`,
  /** Which process replays a queue */
  `create table if not exists leases
    (queue text primary key, holder text not null, until integer not null)`,
  /** Where the links of runs lead */
  `create table if not exists runs
    (run_id integer primary key, launched_at text not null, body text not null)`,
  'create index if not exists runs_launched on runs (launched_at)',
]

/** The SQLite file of this machine, over its Lucid connection; its tables are made when it is first used */
export class SpoolFile {
  #opened: Promise<void> | null = null

  constructor(private readonly connection = 'spool') {}

  /** Runs one statement with `?` for each value, and gives its rows */
  async query<Row = unknown>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    this.#opened ??= this.#open().catch((error: unknown) => {
      this.#opened = null
      throw error
    })
    await this.#opened
    return this.#run<Row>(text, values)
  }

  async #open(): Promise<void> {
    mkdirSync(dataFolder(), { recursive: true })
    for (const statement of TABLES) await this.#run(statement)
  }

  async #run<Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await db.connection(this.connection).rawQuery(text, values as never)) as Row[]
  }
}

/** The file of this machine */
export const spoolFile = new SpoolFile()
