import type pg from 'pg'
import { RunArithmeticError } from '../errors.js'
import {
  countSlice,
  insertSlice,
  readExpanded,
  type ExpandedChunk,
} from '#core/runs/expansion/expand_slice'
import { inTransaction } from '#core/database/in_transaction'
import { deliveryPool } from '#core/runs/delivery_pool'
import type { Run } from '#core/runs/run'

/** Rows of a chunk: what one worker leases at a time */
export const CHUNK_ROWS = 500
/** Contacts of a slice. The first is small, so that the first messages leave while the rest is still being expanded */
const FIRST_SLICE = 2_000
const SLICE = 50_000
/** Class of the advisory locks under which a run is expanded: "GRIX" */
const EXPANDING = 0x4758
/** Recipients of one destination in a slice from which on they get chunks of their own: a slow domain then delays nobody else */
const OWN_LANE = 200

/**
 * One slice of a run at a time: not by the run's own row, for which settling waits while sending goes on. Its commit does not wait
 * for the disk: a crash that loses it loses as well where the run stands, and the first lease of its rows waits for the disk, with
 * all that was written before it.
 */
const TAKE_SLICE = `select pg_advisory_xact_lock($1, $2), set_config('synchronous_commit',
  'off', true), set_config('jit', 'off', true)`

export type SliceResult = { readonly more: boolean; readonly added: number }

/**
 * Freezes the next slice of a run's audience: one row a contact, in one statement. Who must not be written to is recorded
 * as excluded with the reason; audience = deliveries + excluded is checked for each slice before its rows can be sent.
 *
 * Safe to repeat and to interrupt: where the run stands is written in the same transaction as the rows.
 *
 * @param addressField which contact field the channel's address is
 * @returns whether contacts remain
 * @throws RunArithmeticError when the sums do not close; the slice is rolled back
 */
export async function expandSlice(run: Run, addressField: 'email' | 'phone'): Promise<SliceResult> {
  return inTransaction(deliveryPool(), async (client) => {
    await client.query(TAKE_SLICE, [EXPANDING, run.id])
    const before = await readExpanded(client, run.id)
    if (before?.state !== 'expanding') return { more: false, added: 0 }
    if (before.upto === null) await client.query('select open_run_partitions($1)', [run.id])

    const cut = await chunksSoFar(client, run)
    const slice = await insertSlice(client, {
      run,
      addressField,
      after: before.upto,
      size: before.upto === null ? FIRST_SLICE : SLICE,
      paidFor: run.quote.reachable - cut.rows,
      rows: before.rows,
      chunks: cut.chunks,
      chunkRows: chunkRows(run),
      ownLane: OWN_LANE,
      lanes: cut.lanes,
    })
    if (slice.audience !== slice.reachable + slice.excluded)
      throw new RunArithmeticError({
        runId: run.id,
        audience: slice.audience,
        rows: slice.reachable + slice.excluded,
        when: 'while expanding',
      })
    await cutChunks(client, { run, chunks: slice.chunks })
    if (!(await countSlice(client, { run, slice }))) throw new RunEndedMeanwhile()
    return { more: slice.upto !== null, added: slice.reachable }
  }).catch((error: unknown) => {
    if (error instanceof RunEndedMeanwhile) return { more: false, added: 0 }
    throw error
  })
}

/** Rolls a slice back of a run that ended while it was made */
class RunEndedMeanwhile extends Error {}

/** Expands what is left of a run, slice by slice, each committed */
export async function expandRun(
  run: Run,
  addressField: 'email' | 'phone',
  o: { signal?: AbortSignal; afterSlice?: (slice: SliceResult) => Promise<void> } = {}
): Promise<void> {
  for (let slices = 1; ; slices++) {
    const slice = await expandSlice(run, addressField)
    await o.afterSlice?.(slice)
    if (slices === 1) await deliveryPool().query('select analyze_large_run($1)', [run.id])
    if (!slice.more || o.signal?.aborted) return
  }
}

/** Chunks of the run so far, the rows in them, and destinations of its plugin that have a rate of their own */
async function chunksSoFar(
  client: pg.PoolClient,
  run: Run
): Promise<{ chunks: number; rows: number; lanes: string[] }> {
  const { rows } = await client.query<{ chunks: number; rows: number; lanes: string[] }>(
    `select count(*)::int chunks, coalesce(sum(to_seq - from_seq + 1)::int, 0) as rows,
            array(select substr(key, length($2) + 2) from rate_buckets
              where key ^@ ($2 || ' ')) lanes
       from delivery_chunks where run_id = $1`,
    [run.id, run.pluginId]
  )
  return rows[0]
}

/** Cuts chunks out of the rows of a slice. Those of a canary are open from the beginning, spread over all; the others are held */
async function cutChunks(
  client: pg.PoolClient,
  o: { run: Run; chunks: readonly ExpandedChunk[] }
): Promise<void> {
  await client.query(
    `insert into delivery_chunks (run_id, n, from_seq, to_seq, destination, zone, state)
     select $1::int, c.n, c."from", c."to", c.lane, c.zone,
            case when $3::int is null
              or (c.n * $3::int + 99) / 100 > ((c.n - 1) * $3::int + 99) / 100 then 'open'
              else 'held' end
       from jsonb_to_recordset($2::jsonb) c(n integer, "from" integer, "to" integer, lane text,
         zone text)`,
    [o.run.id, JSON.stringify(o.chunks), o.run.rules.canaryPercent]
  )
}

/** A canary is made of whole chunks, so those of a small campaign are small */
function chunkRows(run: Run): number {
  const { canaryPercent } = run.rules
  if (canaryPercent === null) return CHUNK_ROWS
  return Math.max(1, Math.min(CHUNK_ROWS, Math.ceil((run.quote.reachable * canaryPercent) / 100)))
}
