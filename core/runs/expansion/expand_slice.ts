import type pg from 'pg'
import { COUNT_SLICE, EXPAND_SLICE } from './expand_slice_sql.js'
import { runsThatAsked } from '../consent_requests.js'
import type { Run } from '../run.js'

/** A dense range of rows for one lane: a destination with many recipients or many small ones, in one zone of time */
export type ExpandedChunk = {
  readonly n: number
  readonly from: number
  readonly to: number
  readonly lane: string
  readonly zone: string
}

export type ExpandedSlice = {
  readonly audience: number
  readonly reachable: number
  readonly excluded: number
  /** The last contact that was expanded; null at the end of the audience */
  readonly upto: string | null
  readonly destinations: Readonly<Record<string, number>>
  readonly reasons: Readonly<Record<string, number>>
  readonly chunks: readonly ExpandedChunk[]
}

/** Where a run's expansion stands */
export type Expanded = {
  readonly state: Run['state']
  readonly upto: string | null
  readonly rows: number
}

/** Reads where the expansion of a run stands; null when there is no such run */
export async function readExpanded(client: pg.PoolClient, runId: number): Promise<Expanded | null> {
  const { rows } = await client.query<Expanded>(
    `select r.state, r.expanded_to upto,
      coalesce((select max(seq) from deliveries where run_id = r.id), 0) rows
       from campaign_runs r where r.id = $1`,
    [runId]
  )
  return rows.at(0) ?? null
}

/**
 * Writes the deliveries of the next contacts of a run's lists, in one statement. Who must not be written to is recorded as excluded
 * with the reason.
 *
 * @param o.addressField which contact field the channel's address is
 * @param o.size contacts of the slice
 * @param o.paidFor recipients that the quote still pays for; who comes after them is excluded
 * @param o.rows rows of the run so far
 * @param o.chunks chunks of the run so far
 * @param o.chunkRows rows of a chunk at most
 * @param o.ownLane recipients of one destination in a slice from which on they get chunks of their own
 * @param o.lanes destinations that have chunks of their own at any size
 */
export async function insertSlice(
  client: pg.PoolClient,
  o: {
    run: Run
    addressField: 'email' | 'phone'
    after: string | null
    size: number
    paidFor: number
    rows: number
    chunks: number
    chunkRows: number
    ownLane: number
    lanes: readonly string[]
  }
): Promise<ExpandedSlice> {
  const { run } = o
  const { rules } = run
  const lists = run.snapshot.listIds.length === 1 ? 'one' : 'several'
  const { rows } = await client.query<ExpandedSlice>(EXPAND_SLICE[o.addressField][lists], [
    run.id,
    run.accountId,
    [...run.snapshot.listIds],
    o.after ?? '00000000-0000-0000-0000-000000000000',
    o.size,
    o.paidFor,
    o.rows,
    o.chunks,
    o.chunkRows,
    o.ownLane,
    [...o.lanes],
    rules.quiet.length > 0 ? rules.zone : null,
    rules.newcomersOnly ? run.campaignId : null,
    rules.asksConsent,
    rules.asksConsent
      ? [...(await runsThatAsked({ accountId: run.accountId, except: run.id }))]
      : [],
  ])
  return rows[0]
}

/**
 * Adds a slice to the counters of its run; the last one ends the expansion.
 *
 * @returns false when the run was ended meanwhile: its sums are made, and this slice is none of them
 */
export async function countSlice(
  client: pg.PoolClient,
  o: { run: Run; slice: ExpandedSlice }
): Promise<boolean> {
  const { run, slice } = o
  const { rowCount } = await client.query(COUNT_SLICE, [
    run.id,
    slice.upto,
    slice.audience,
    slice.reachable,
    slice.excluded,
    run.rules.canaryPercent,
    slice.reasons,
    slice.destinations,
  ])
  return rowCount !== 0
}
