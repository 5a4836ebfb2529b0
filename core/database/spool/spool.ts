import { randomUUID } from 'node:crypto'
import { systemClock, type Clock } from '../clock.js'
import type { SpoolFile } from './spool_file.js'
import debug from '../debug.js'

/** Entries read at a time when they go to Postgres */
const BATCH = 2_000
/** Milliseconds for which a process that replays keeps others from it, renewed at each batch */
const LEASE_MS = 30_000

/**
 * A local queue of what came from outside and could not go to Postgres. A row leaves it after the commit that holds it, so a process
 * that dies between the two writes the same entries again: whoever writes them must make that nothing.
 */
export class Spool<Entry> {
  /** Who holds the lease */
  #me = randomUUID()

  /**
   * @param o.queue name among the queues of the file
   * @param o.read makes an entry of what JSON made of it
   */
  constructor(
    private readonly o: {
      readonly file: SpoolFile
      readonly queue: string
      readonly read: (body: string) => Entry
      readonly clock?: Clock
    }
  ) {}

  /** Keeps entries, on disk when this resolves */
  async append(entries: readonly Entry[]): Promise<void> {
    if (entries.length === 0) return
    await this.o.file.query('insert into waiting (queue, body) select ?, value from json_each(?)', [
      this.o.queue,
      JSON.stringify(entries),
    ])
    debug('%d put aside in %s', entries.length, this.o.queue)
  }

  /** How many entries wait here */
  async size(): Promise<number> {
    const [row] = await this.o.file.query<{ n: number }>(
      'select count(*) n from waiting where queue = ?',
      [this.o.queue]
    )
    return Number(row.n)
  }

  /** How many entries Postgres would not take, kept for a person to look at */
  async refusedCount(): Promise<number> {
    const [row] = await this.o.file.query<{ n: number }>(
      'select count(*) n from refused where queue = ?',
      [this.o.queue]
    )
    return Number(row.n)
  }

  /** Sets an entry aside that Postgres will never take, with what it said */
  async refuse(entry: Entry, error: Error): Promise<void> {
    await this.o.file.query('insert into refused (queue, body, error, at) values (?, ?, ?, ?)', [
      this.o.queue,
      JSON.stringify(entry),
      error.message,
      (this.o.clock ?? systemClock).now().toISOString(),
    ])
  }

  /**
   * Writes what waits, in the order in which it was heard. One process of this machine does so at a time.
   *
   * @param write commits a batch
   * @returns entries written; null when another process is at it
   * @throws what `write` throws; what was not committed stays
   */
  async replay(
    write: (entries: readonly Entry[]) => Promise<unknown>,
    now: () => number = Date.now
  ): Promise<number | null> {
    if (!(await this.#lease(now()))) return null
    try {
      for (let written = 0; ;) {
        const rows = await this.o.file.query<{ id: number; body: string }>(
          'select id, body from waiting where queue = ? order by id limit ?',
          [this.o.queue, BATCH]
        )
        if (rows.length === 0) return written
        await write(rows.map((row) => this.o.read(row.body)))
        await this.o.file.query('delete from waiting where queue = ? and id between ? and ?', [
          this.o.queue,
          rows[0].id,
          rows[rows.length - 1].id,
        ])
        written += rows.length
        debug('%d brought from %s', rows.length, this.o.queue)
        await this.#lease(now())
      }
    } finally {
      await this.o.file.query('update leases set until = 0 where queue = ? and holder = ?', [
        this.o.queue,
        this.#me,
      ])
    }
  }

  async #lease(now: number): Promise<boolean> {
    const rows = await this.o.file.query(
      `insert into leases (queue, holder, until) values (?, ?, ?)
       on conflict (queue) do update set holder = excluded.holder, until = excluded.until
         where leases.holder = excluded.holder or leases.until < ? returning holder`,
      [this.o.queue, this.#me, now + LEASE_MS, now]
    )
    return rows.length > 0
  }
}
