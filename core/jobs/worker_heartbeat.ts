import { EventEmitter } from 'node:events'
import logger from '@adonisjs/core/services/logger'
import pg from 'pg'
import { databaseUrl } from '#core/database/server/database_url'
import { THIS_WORKER } from './this_worker.js'

/** Class of the advisory locks by which a living worker is known: "GRIO" */
const HEARTBEAT = 0x4752
/** Milliseconds between two tries to take the locks again after the connection was lost */
const AGAIN_MS = 250
/** Seconds after a start of Postgres in which nobody is taken for dead: its workers are only coming back */
const GRACE_SECONDS = 5

/**
 * What shows that a worker lives: advisory locks named like this process and like each of its job pools, held on a connection of their own. When
 * the process dies, however it dies, Postgres drops the connection and the locks, and others know at once that its jobs and
 * leases are free. When Postgres goes away and comes back, the locks are taken again.
 */
export class WorkerHeartbeat {
  #names = new Set<string>([THIS_WORKER])
  #client: pg.Client | null = null
  #connecting: Promise<void> | null = null
  #locking: Promise<unknown> = Promise.resolve()
  #dropped = false

  /** Resolves when the locks are held, for each of its names: no job may be taken before */
  async ready(): Promise<void> {
    if (!this.#client) await (this.#connecting ??= this.#connect())
    await this.#locking
  }

  /** Events of a job pool: each new pool is added to the locks before it takes a job */
  watch(): EventEmitter {
    const events = new EventEmitter()
    events.on('pool:create', ({ workerPool }: { workerPool: { id: string } }) => {
      this.#names.add(workerPool.id)
      this.#lock(workerPool.id)
    })
    return events
  }

  async drop(): Promise<void> {
    this.#dropped = true
    const client = this.#client
    this.#client = null
    await client?.end().catch((error: unknown) => logger.debug({ err: error }, 'heartbeat dropped'))
  }

  async #connect(): Promise<void> {
    while (!this.#dropped) {
      const client = new pg.Client({
        connectionString: databaseUrl(),
        application_name: 'griot heartbeat',
        keepAlive: true,
      })
      client.on('error', () => undefined)
      client.once('end', () => this.#lost(client))
      try {
        await client.connect()
        for (const name of this.#names)
          await client.query('select pg_advisory_lock($1, hashtext($2))', [HEARTBEAT, name])
        this.#client = client
        this.#connecting = null
        return
      } catch (error) {
        logger.warn({ err: error }, 'the heartbeat could not be taken; trying again')
        /** A client that could not begin cannot end either */
        await client.end().catch(() => undefined)
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
      }
    }
  }

  #lost(client: pg.Client) {
    if (this.#client !== client || this.#dropped) return
    this.#client = null
    this.ready().catch((error: unknown) => logger.error({ err: error }, 'no heartbeat'))
  }

  #lock(name: string) {
    const client = this.#client
    if (!client) return
    /** One after the other: a client takes one question at a time */
    this.#locking = this.#locking
      .then(() => client.query('select pg_advisory_lock($1, hashtext($2))', [HEARTBEAT, name]))
      .catch((error: unknown) => logger.warn({ err: error }, 'a heartbeat could not be taken'))
  }
}

/**
 * Which of these are gone: nobody holds their lock.
 *
 * @param names ids of processes or of job pools
 */
export async function deadAmong(pool: pg.Pool, names: readonly string[]): Promise<string[]> {
  if (names.length === 0) return []
  const { rows } = await pool.query<{ name: string }>(
    `select n.name from unnest($1::text[]) n(name)
      where now() - pg_postmaster_start_time() > $3::int * interval '1 second'
        and not exists (select 1 from pg_locks l where l.locktype = 'advisory'
          and l.classid = $2::oid and l.objid = (hashtext(n.name)::bigint & 4294967295)::oid
          and l.granted
                          and l.database = (select oid from pg_database
                            where datname = current_database()))`,
    [[...names], HEARTBEAT, GRACE_SECONDS]
  )
  return rows.map((row) => row.name)
}

/**
 * Gives the jobs of dead workers back to the queue, whose own lock lasts four hours.
 *
 * @returns how many job pools were found dead
 */
export async function freeDeadJobs(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ locked_by: string }>(
    'select distinct locked_by from graphile_worker.jobs where locked_by is not null'
  )
  const dead = await deadAmong(
    pool,
    rows.map((row) => row.locked_by)
  )
  if (dead.length > 0)
    await pool.query('select graphile_worker.force_unlock_workers($1::text[])', [dead])
  return dead.length
}
