import logger from '@adonisjs/core/services/logger'
import { sql } from '#core/database/sql'
import { spoolFile, type SpoolFile } from '#core/database/spool/spool_file'

/** What of a frozen run leads a click to its target */
export type RunLinks = {
  readonly runId: number
  /** Whether landing pages are asked how long they are read */
  readonly measureDwell: boolean
  /** Address of each link by its index, Liquid inside left as it is */
  readonly links: readonly string[]
}

type Row = RunLinks & { readonly launchedAt: string }

/** Runs are frozen, so what was read once stays true; some thousands are kept in memory */
const KEPT = 5_000
const cache = new Map<number, RunLinks>()
/** Runs whose links are copied to this machine at most: the newest */
const COPIED = 100_000
/** Runs read at a time */
const PAGE = 500
/** A launch that began earlier may be committed later than one that is here already, by no more than this */
const OVERLAP_MS = 120_000

const SELECT = `select r.id "runId", to_char(r.launched_at at time zone 'UTC',
  'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') "launchedAt",
       r.measure_dwell "measureDwell", coalesce((select jsonb_agg(l.url order by l.n)
         from run_links l where l.run_id = r.id), '[]') links
  from campaign_runs r`

/** The links of a run that is in memory: no wait for it */
export function knownRunLinks(runId: number): RunLinks | null {
  return cache.get(runId) ?? null
}

/** The links of a run: from memory, from the copy on this machine, else from Postgres. Null when there is no such run */
export async function runLinks(runId: number): Promise<RunLinks | null> {
  const known = cache.get(runId)
  if (known) return known
  const copied = await copiedLinks(runId)
  if (copied) return remember(copied)
  const [row] = await sql<Row>(`${SELECT} where r.id = $1`, [runId])
  return row ? remember(row) : null
}

/** What this machine's copy says; nothing when its file cannot be read: a full or broken disk must not stop a click */
async function copiedLinks(runId: number): Promise<RunLinks | null> {
  try {
    const [row] = await spoolFile.query<{ body: string }>(
      'select body from runs where run_id = ?',
      [runId]
    )
    return row ? (JSON.parse(row.body) as RunLinks) : null
  } catch (error) {
    logger.error({ err: error, runId }, 'the copy of the links cannot be read; Postgres is asked')
    return null
  }
}

function remember(run: RunLinks): RunLinks {
  if (cache.size >= KEPT) cache.delete(cache.keys().next().value as number)
  cache.set(run.runId, run)
  return run
}

/**
 * Copies the links of runs that are not on this machine yet, so that their clicks lead somewhere also when Postgres is away.
 * Called again and again by each web process.
 *
 * Rows in: runs launched since the newest known, less two minutes. Index: campaign_runs_launched.
 *
 * @returns runs copied
 */
export async function copyRunLinks(file: SpoolFile = spoolFile): Promise<number> {
  const [newest] = await file.query<{ at: string | null }>('select max(launched_at) at from runs')
  /** A clock that once ran ahead must not hide the runs that are launched until it is caught up with */
  const known = newest.at ? Math.min(Date.parse(newest.at), Date.now()) - OVERLAP_MS : 0
  let after = new Date(known).toISOString()
  let copied = 0
  for (;;) {
    const rows = await sql<Row>(
      `${SELECT} where r.launched_at > $1::timestamptz order by r.launched_at limit ${PAGE}`,
      [after]
    )
    if (rows.length === 0) break
    copied += await keep(file, rows)
    after = rows[rows.length - 1].launchedAt
    if (rows.length < PAGE) break
  }
  if (copied > 0)
    await file.query(
      `delete from runs where run_id in (select run_id from runs order by launched_at desc limit -1
        offset ?)`,
      [COPIED]
    )
  return copied
}

async function keep(file: SpoolFile, rows: readonly Row[]): Promise<number> {
  const kept = await file.query(
    `insert into runs (run_id, launched_at, body)
     select value ->> 'runId', value ->> 'launchedAt', value from json_each(?) where true
       on conflict (run_id) do nothing returning run_id`,
    [JSON.stringify(rows)]
  )
  return kept.length
}
