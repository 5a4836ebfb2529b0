import type pg from 'pg'
import { returnTouches } from './hand_over.js'
import type { LeasedChunk } from './lease_chunk.js'
import { inTransaction } from '#core/database/in_transaction'
import { deliveryPool } from '#core/runs/delivery_pool'
import type { Run } from '#core/runs/load_run'

type Unsent = { readonly run: Run; readonly unsent: readonly number[] }

/**
 * Gives a chunk back after its windows have settled: done when no row is open, else open again, not before the first
 * deferred row is due. Rows that were leased but not handed over (pause, stop, no tokens) wait as before.
 *
 * @param o.waitSeconds when rows were left because a rate was used up: seconds until it is worth trying again
 * @param o.unsent rows of which Postgres did not say whether it handed them over, and the caller knows that they were not
 *   sent: they wait as before too. In one transaction with the end of the lease, so that a hand-over which is still under way comes
 *   before, and is undone, or after, and finds no lease
 */
export async function returnChunk(
  chunk: LeasedChunk,
  o: { waitSeconds: number } & Partial<Unsent>
): Promise<void> {
  const { run, unsent = [] } = o
  if (!run || unsent.length === 0) return freeChunk(deliveryPool(), chunk, o.waitSeconds)
  await inTransaction(deliveryPool(), async (client) => {
    await takeBack(client, chunk, { run, unsent })
    await freeChunk(client, chunk, o.waitSeconds)
  })
}

/** Undoes a hand-over, with what it reserved under frequency caps */
async function takeBack(client: pg.PoolClient, chunk: LeasedChunk, o: Unsent): Promise<void> {
  const { rows } = await client.query<{ seq: number; address: string; state: string }>(
    `select seq, address, state from deliveries
      where run_id = $1 and seq = any($2::int[]) and lease = $3 and state in ('leased', 'handing_over') order by seq for update`,
    [chunk.runId, [...o.unsent], chunk.lease]
  )
  const handed = rows.filter((row) => row.state === 'handing_over')
  await client.query(
    `update deliveries set state = 'leased', attempts = attempts - 1 where run_id = $1 and seq = any($2::int[])`,
    [chunk.runId, handed.map((row) => row.seq)]
  )
  if (o.run.rules.caps.length > 0)
    await returnTouches(client, {
      accountId: o.run.accountId,
      addresses: handed.map((row) => row.address),
    })
}

async function freeChunk(
  client: Pick<pg.Pool | pg.PoolClient, 'query'>,
  chunk: LeasedChunk,
  waitSeconds: number
): Promise<void> {
  await (client as pg.Pool).query({
    name: 'return_chunk',
    text: `with freed as (
             update deliveries set state = 'pending', lease = null where run_id = $1 and seq between $2 and $3 and state = 'leased' and lease = $4 returning 1
           ), open_rows as (
             select (select count(*) from freed) + count(*) filter (where state in ('pending', 'deferred')) n,
                    case when (select count(*) from freed) + count(*) filter (where state = 'pending') > 0 then now() + $6::float * interval '1 second'
                         else min(not_before) filter (where state = 'deferred') end due
               from deliveries where run_id = $1 and seq between $2 and $3
           )
           update delivery_chunks c set state = case when o.n = 0 then 'done' else 'open' end, lease = null, lease_until = null, owner = null, not_before = coalesce(o.due, now())
             from open_rows o where c.run_id = $1 and c.n = $5 and c.lease = $4`,
    values: [chunk.runId, chunk.fromSeq, chunk.toSeq, chunk.lease, chunk.n, waitSeconds],
  })
}
