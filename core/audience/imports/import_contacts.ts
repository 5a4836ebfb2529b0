import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type pg from 'pg'
import { createPool } from '#core/database/pool'
import { sql } from '#core/database/sql'
import { mergeContacts, type MergedCounts } from './merge_contacts.js'
import Import from '../models/import.js'
import { stageContacts, type StagingProgress } from './stage_contacts.js'

/** Milliseconds between two updates of the progress that people watch */
const PROGRESS_EVERY = 1_000

/**
 * Imports a file of contacts: the job `audience.import`. Rows are copied to a temporary table, then merged in one
 * transaction, so an import killed at any moment leaves nothing half written and its retry starts clean. An import
 * that is finished, failed or gone is left alone.
 *
 * @param o.importId an import in the state `queued`, or one whose worker died
 * @param o.signal stops the reading; the job is then tried again
 * @throws Error when another worker has this import, or the database fails: the job is tried again
 */
export async function importContacts(o: {
  importId: string
  signal?: AbortSignal | undefined
}): Promise<MergedCounts | null> {
  const row = await Import.acrossAccounts('a job has the id alone').where('id', o.importId).first()
  if (!row || row.state === 'finished' || row.state === 'failed' || row.state === 'uploaded')
    return null
  if (!existsSync(row.filePath)) {
    await failImport({ importId: row.id, code: 'E_FILE_GONE' })
    return null
  }

  const pool = createPool({ max: 1, name: 'import' })
  const client = await pool.connect()
  /** A lost connection rejects the query in flight; without a listener it would end the process */
  client.on('error', () => undefined)
  try {
    /** A statement of a worker that was killed must not hold its locks for a minute more */
    await client.query(`set client_connection_check_interval = '1s'`)
    const { rows } = await client.query<{ free: boolean }>(
      `select pg_try_advisory_lock(hashtextextended('audience.import:' || $1, 0)) as free`,
      [row.id]
    )
    if (!rows[0]?.free) throw new Error(`Import ${row.id} is being read by another worker`)

    await sql(
      `update imports set state = 'reading', started_at = coalesce(started_at, now()),
        bytes_read = 0, rows = 0, error = null where id = $1`,
      [row.id]
    )
    const staged = await stageContacts({
      client,
      file: {
        path: row.filePath,
        encoding: row.encoding,
        separator: row.separator,
        lineEnds: row.lineEnds,
        headingLine: row.headingLine,
      },
      mapping: row.mapping,
      country: row.country,
      signal: o.signal,
      onProgress: everySecond((progress) => saveProgress(row.id, progress)),
    })
    await sql(`update imports set state = 'merging', bytes_read = bytes, rows = $2 where id = $1`, [
      row.id,
      staged.rows,
    ])
    const counts = await merge(client, row, staged)

    /** Personal data is not kept twice: what was wrong stands in import_problems */
    await rm(row.filePath, { force: true })
    return counts
  } finally {
    client.release(true)
    await pool.end()
  }
}

/** Ends an import that cannot succeed. Nothing of it was kept */
export async function failImport(o: { importId: string; code: string }): Promise<void> {
  await sql(
    `update imports set state = 'failed', error = $2, finished_at = now() where id = $1
      and state <> 'finished'`,
    [o.importId, o.code]
  )
}

async function merge(
  client: pg.PoolClient,
  row: Import,
  staged: StagingProgress
): Promise<MergedCounts> {
  await client.query('begin')
  try {
    /** The list may have been deleted while the file was being read; locked, it stays until the commit */
    const list = row.listId
      ? await client.query(
          'select id from contact_lists where id = $1 and account_id = $2 for share',
          [row.listId, row.accountId]
        )
      : null
    const counts = await mergeContacts({
      client,
      accountId: row.accountId,
      importId: row.id,
      listId: list?.rowCount ? row.listId : null,
      declarationId: row.declarationId,
      key: row.mapping.includes('email') ? 'email' : 'phone',
    })
    await client.query(
      `update imports set state = 'finished', rows = $2, created = $3, updated = $4,
        duplicates = $5, invalid = $6, warnings = $7,
         consents = $8, finished_at = now() where id = $1`,
      [
        row.id,
        staged.rows,
        counts.created,
        counts.updated,
        counts.duplicates,
        counts.invalid,
        counts.warnings,
        JSON.stringify(counts.consents),
      ]
    )
    await client.query('commit')
    return counts
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  }
}

async function saveProgress(importId: string, progress: StagingProgress) {
  await sql(`update imports set bytes_read = $2, rows = $3 where id = $1 and state = 'reading'`, [
    importId,
    progress.bytesRead,
    progress.rows,
  ])
}

function everySecond(save: (progress: StagingProgress) => Promise<void>) {
  let saved = performance.now()
  return async (progress: StagingProgress) => {
    if (performance.now() - saved < PROGRESS_EVERY) return
    saved = performance.now()
    await save(progress)
  }
}
