import type pg from 'pg'
import { takeBackDeliveries } from '#core/runs/deliveries/take_back_deliveries'
import { returnTouches } from './hand_over.js'
import type { LeasedChunk } from './lease_chunk.js'
import { inTransaction } from '#core/database/in_transaction'
import { deliveryPool } from '#core/runs/delivery_pool'
import type { Run } from '#core/runs/run'

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
  const addresses = await takeBackDeliveries(client, {
    runId: chunk.runId,
    lease: chunk.lease,
    seqs: o.unsent,
  })
  if (o.run.rules.caps.length > 0)
    await returnTouches(client, { accountId: o.run.accountId, addresses })
}

async function freeChunk(
  client: Pick<pg.Pool | pg.PoolClient, 'query'>,
  chunk: LeasedChunk,
  waitSeconds: number
): Promise<void> {
  await (client as pg.Pool).query({
    name: 'return_chunk',
    text: `update delivery_chunks c
              set state = case when f.still_open = 0 then 'done' else 'open' end, lease = null,
                lease_until = null, owner = null,
                  not_before = coalesce(f.due, now())
             from free_deliveries($1, $2, $3, $4, $6) f
            where c.run_id = $1 and c.n = $5 and c.lease = $4`,
    values: [chunk.runId, chunk.fromSeq, chunk.toSeq, chunk.lease, chunk.n, waitSeconds],
  })
}
