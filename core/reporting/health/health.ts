import { readdir } from 'node:fs/promises'
import app from '@adonisjs/core/services/app'
import { sql } from '#core/database/sql'
import { eventBuffer } from '#core/tracking/intake/event_buffer'

export type Health = {
  readonly ready: boolean
  /** Postgres answered in time */
  readonly database: boolean
  /** Migrations that this version needs and the database does not have; null while nobody knows */
  readonly migrations_missing: number | null
  /** Worker processes that are there; a web process is ready without */
  readonly workers: number | null
  readonly intake: {
    readonly waiting: number
    readonly spooling: boolean
    readonly full: boolean
    readonly lost: number
  }
}

/** Milliseconds that Postgres may take to answer before it counts as away */
const ANSWER_MS = 2_000

type Answer = { readonly workers: number; readonly missing: number }

/** Whether this process can serve: Postgres answers, has the tables of this version, and what is heard can be kept */
export async function health(): Promise<Health> {
  const intake = eventBuffer.state()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no answer')), ANSWER_MS)
  })
  try {
    const { workers, missing } = await Promise.race([askPostgres(), late])
    return {
      ready: missing === 0 && !intake.full,
      database: true,
      migrations_missing: missing,
      workers,
      intake,
    }
  } catch {
    /** Being away is the answer here, whatever the reason */
    return { ready: false, database: false, migrations_missing: null, workers: null, intake }
  } finally {
    clearTimeout(timer)
  }
}

/** Rows in: a few dozen names of migrations. A table that is not there yet is an answer as well */
async function askPostgres(): Promise<Answer> {
  const [{ core, queue }] = await sql<{ core: boolean; queue: boolean }>(
    `select to_regclass('adonis_schema') is not null and to_regclass('workers') is not null core,
      to_regclass('graphile_worker.jobs') is not null queue`
  )
  const wanted = await migrationNames()
  if (!core) return { workers: 0, missing: wanted.length }
  const [row] = await sql<Answer>(
    `select (select count(*)::int from workers) workers,
            (select count(*)::int from unnest($1::text[]) w(name) where not exists (select 1
              from adonis_schema s where s.name = w.name)) missing`,
    [wanted]
  )
  return queue ? row : { ...row, missing: row.missing + 1 }
}

/** As the framework writes them down: folder and file, without what the file ends in */
async function migrationNames(): Promise<string[]> {
  const files = await readdir(app.makePath('database/migrations'))
  return files
    .filter((file) => /\.(ts|js)$/.test(file) && !file.endsWith('.d.ts'))
    .map((file) => `database/migrations/${file.replace(/\.(ts|js)$/, '')}`)
}
