import type pg from 'pg'
import { RunArithmeticError } from '../errors.js'
import { COUNT_SLICE, EXPAND_SLICE } from './expand_slice_sql.js'
import { inTransaction } from '#core/database/in_transaction'
import { deliveryPool } from '#core/runs/delivery_pool'
import type { Run } from '#core/runs/load_run'

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
const TAKE_SLICE = `select pg_advisory_xact_lock($1, $2), set_config('synchronous_commit', 'off', true), set_config('jit', 'off', true)`

export type SliceResult = { readonly more: boolean; readonly added: number }

type Slice = {
  audience: number
  reachable: number
  excluded: number
  upto: string | null
  destinations: Readonly<Record<string, number>>
  reasons: Readonly<Record<string, number>>
}

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
    const { rows } = await client.query<{
      state: string
      expanded_to: string | null
      chunks: number
      rows: number
      reachable: number
    }>(
      `select r.state, r.expanded_to, (select count(*)::int from delivery_chunks where run_id = r.id) chunks,
              coalesce((select max(seq) from deliveries where run_id = r.id), 0) rows,
              coalesce((select sum(to_seq - from_seq + 1)::int from delivery_chunks where run_id = r.id), 0) reachable
         from campaign_runs r where r.id = $1`,
      [run.id]
    )
    const before = rows.at(0)
    if (before?.state !== 'expanding') return { more: false, added: 0 }
    if (before.expanded_to === null) await client.query('select open_run_partitions($1)', [run.id])

    const size = before.expanded_to === null ? FIRST_SLICE : SLICE
    const slice = await insertSlice(client, { run, addressField, size, before })
    if (slice.audience !== slice.reachable + slice.excluded)
      throw new RunArithmeticError({
        runId: run.id,
        audience: slice.audience,
        rows: slice.reachable + slice.excluded,
        when: 'while expanding',
      })
    const written = await client.query(COUNT_SLICE, [
      run.id,
      slice.upto,
      slice.audience,
      slice.reachable,
      slice.excluded,
      run.rules.canaryPercent,
      slice.reasons,
      slice.destinations,
    ])
    /** It was cancelled meanwhile, or its deadline passed: its sums are made, and this slice is none of them */
    if (written.rowCount === 0) throw new RunOverError()
    return { more: slice.upto !== null, added: slice.reachable }
  }).catch((error: unknown) => {
    if (error instanceof RunOverError) return { more: false, added: 0 }
    throw error
  })
}

/** Rolls a slice back of a run that ended while it was made */
class RunOverError extends Error {}

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

async function insertSlice(
  client: pg.PoolClient,
  o: {
    run: Run
    addressField: 'email' | 'phone'
    size: number
    before: { expanded_to: string | null; chunks: number; rows: number; reachable: number }
  }
): Promise<Slice> {
  const { run, before } = o
  const rules = run.rules
  const lists = run.snapshot.listIds.length === 1 ? 'one' : 'several'
  const { rows } = await client.query<Slice>(EXPAND_SLICE[o.addressField][lists], [
    run.id,
    run.accountId,
    [...run.snapshot.listIds],
    before.expanded_to ?? '00000000-0000-0000-0000-000000000000',
    o.size,
    run.quote.reachable - before.reachable,
    before.rows,
    before.chunks,
    chunkRows(run),
    OWN_LANE,
    run.pluginId,
    rules.quiet.length > 0 ? rules.zone : null,
    rules.newcomersOnly ? run.campaignId : null,
    rules.canaryPercent,
  ])
  return rows[0]
}

/** A canary is made of whole chunks, so those of a small campaign are small */
function chunkRows(run: Run): number {
  const { canaryPercent } = run.rules
  if (canaryPercent === null) return CHUNK_ROWS
  return Math.max(1, Math.min(CHUNK_ROWS, Math.ceil((run.quote.reachable * canaryPercent) / 100)))
}
