import { EventEmitter } from 'node:events'
import type pg from 'pg'

/** Class of the advisory locks by which a living worker pool is known: "GRIO" */
const SIGN = 0x4752

/**
 * A sign of life: an advisory lock named like the worker pool, held on a connection of its own. When the process dies,
 * however it dies, Postgres drops the connection and the lock, and others know at once that its jobs are free. The
 * queue's own lock lasts four hours.
 */
export async function holdWorkerSign(
  pool: pg.Pool
): Promise<{ watch(): EventEmitter; ready(): Promise<void>; drop(): Promise<void> }> {
  const client = await pool.connect()
  const events = new EventEmitter()
  let held: () => void = () => undefined
  let refuse: (error: Error) => void = () => undefined
  const ready = new Promise<void>((resolve, reject) => {
    held = resolve
    refuse = reject
  })
  ready.catch(() => undefined)
  events.on('pool:create', ({ workerPool }: { workerPool: { id: string } }) => {
    client
      .query('select pg_advisory_lock($1, hashtext($2))', [SIGN, workerPool.id])
      .then(() => held(), refuse)
  })
  return {
    watch: () => events,
    /** Resolves when the sign is held: no job may be taken before */
    ready: () => ready,
    drop: async () => client.release(true),
  }
}

/**
 * Gives the jobs of dead workers back to the queue.
 *
 * @returns how many worker pools were found dead
 */
export async function freeDeadJobs(pool: pg.Pool): Promise<number> {
  const client = await pool.connect()
  try {
    const { rows } = await client.query<{ locked_by: string }>(
      'select distinct locked_by from graphile_worker._private_jobs where locked_by is not null'
    )
    const dead: string[] = []
    for (const { locked_by: id } of rows) {
      const taken = await client.query<{ ok: boolean }>(
        'select pg_try_advisory_lock($1, hashtext($2)) ok',
        [SIGN, id]
      )
      if (!taken.rows[0].ok) continue
      dead.push(id)
      await client.query('select pg_advisory_unlock($1, hashtext($2))', [SIGN, id])
    }
    if (dead.length > 0)
      await client.query('select graphile_worker.force_unlock_workers($1::text[])', [dead])
    return dead.length
  } finally {
    client.release()
  }
}
